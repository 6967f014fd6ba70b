"""The verbs of dev.py."""

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from devtools import environment, product, suite, upkeep
from devtools.checks import check
from devtools.problems import Problem, Stopped, in_plain_words
from devtools.processes import stop_on_signals


@dataclass(frozen=True)
class Verb:
    """Something to ask of dev.py."""

    act: Callable[[Sequence[str]], int]
    usage: str
    help: str


VERBS = {
    "run": Verb(product.run, "run", "the whole product on 127.0.0.1:8000 (or PORT), demo loaded"),
    "test": Verb(suite.test, "test [pytest's words]", "the whole suite, browser journeys included"),
    "check": Verb(check, "check [names]", "format, lint, types, contracts, migrations, texts and more"),
    "seed": Verb(upkeep.seed, "seed [--national]", "load the demo again, or the large synthetic set"),
    "reset": Verb(upkeep.reset, "reset [--yes]", "remove the local database and start afresh"),
    "bench": Verb(suite.bench, "bench [name]", "measure, each figure beside its ceiling"),
    "messages": Verb(upkeep.messages, "messages", "collect texts to translate, compile the translations"),
    "shell": Verb(upkeep.shell, "shell", "Django's shell on the local database"),
}


def main(words: list[str]) -> int:
    """Do what the words say, inside the project's environment."""
    if not words or words[0] in {"-h", "--help", "help"}:
        print(usage())
        return 0
    if words[0] not in VERBS:
        print(f"dev.py: there is no verb {words[0]!r}.\n\n{usage()}", file=sys.stderr)
        return 2
    stop_on_signals()
    try:
        environment.enter()
        return VERBS[words[0]].act(words[1:])
    except Problem as problem:
        print(f"dev.py: {problem}", file=sys.stderr)
    except OSError as error:
        print(f"dev.py: {in_plain_words(error)}", file=sys.stderr)
    except Stopped:
        return 0 if words[0] == "run" else 130
    return 1


def usage() -> str:
    """List the verbs."""
    width = max(len(verb.usage) for verb in VERBS.values())
    lines = [f"  python3 dev.py {verb.usage:<{width}}  {verb.help}" for verb in VERBS.values()]
    return "Ventanilla: a one-stop shop for public services. What can be done here:\n\n" + "\n".join(lines)

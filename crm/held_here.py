"""What people, cases and contacts hold of citizens, and which rules reach it (`crm.held`)."""

from crm.held import Fate, Subject, nothing_of_citizens, register, register_subject

CODES = "a code, a name the house gives, or a hash"
_OVER = (
    "SELECT t.id FROM crm_case t WHERE t.decided_at < %(before)s"
    " AND t.state NOT IN ('draft', 'submitted', 'in_review', 'awaiting_citizen')"
)


_HAS_WORDS = (
    " AND (EXISTS (SELECT FROM crm_message m WHERE m.case_id = t.id AND m.redacted_at IS NULL)"
    " OR EXISTS (SELECT FROM crm_task k WHERE k.case_id = t.id AND k.redacted_at IS NULL)"
    " OR EXISTS (SELECT FROM crm_stage s WHERE s.case_id = t.id AND s.decision_reason <> ''))"
)


def register_columns() -> None:
    """Say what becomes of every column of crm with words or personal data."""
    register("crm.Person", Fate.PERSON, "name")
    register("crm.Person", Fate.KEPT, "language", "channel", why=CODES)
    register(
        "crm.NameWord",
        Fate.KEPT,
        "word",
        why="a word of names, without whose; it goes with the last who bears it",
    )
    register("crm.PersonIdentifier", Fate.PERSON, "value")
    register("crm.PersonIdentifier", Fate.KEPT, "country", why=CODES)
    register("crm.PersonAttribute", Fate.PERSON, "value")
    register("crm.PersonAttribute", Fate.KEPT, "key", why=CODES)
    register("crm.ContactPoint", Fate.PERSON, "value")
    register("crm.PersonNeed", Fate.PERSON, "detail")
    register("crm.PersonBlock", Fate.PERSON, "reason")
    register("crm.Merge", Fate.PERSON, "reason", "undone_reason", "earlier_name")
    register("crm.Merge", Fate.KEPT, "taken_over", "earlier_language", why=CODES)
    register("crm.Mandate", Fate.PERSON, "evidence", "file_name", "content_type", "sha256", "revoked_reason")
    register("crm.Mandate", Fate.KEPT, "acts", why=CODES)
    register("crm.DuplicatePair", Fate.PERSON, "reason")
    register("crm.BreakGlass", Fate.PERSON, "reason")
    register("crm.Change", Fate.PERSON, "before")
    register("crm.Change", Fate.KEPT, "relation", "row_id", why=CODES)
    register("crm.Seal", Fate.KEPT, "source", "digest", why=CODES)
    register("crm.AccessLog", Fate.PERSON, "reason")
    register(
        "crm.AccessLog",
        Fate.KEPT,
        "actor_kind",
        "act",
        "shown_ids",
        why="who looked at what, and when, is proof and stays",
    )
    register("crm.Case", Fate.CASE, "answers")
    register("crm.Case", Fate.KEPT, "folio", "channel", "language", "secret_hash", why=CODES)
    register("crm.Document", Fate.CASE, "name", "sha256", "reason", "before")
    register("crm.Document", Fate.KEPT, "requirement", "content_type", why=CODES)
    register("crm.RequestedPaper", Fate.CASE, "words")
    register("crm.PaperConsent", Fate.KEPT, "by_kind", why=CODES)
    register("crm.RequestedPaper", Fate.KEPT, "requirement", why=CODES)
    register("crm.Message", Fate.CASE, "text")
    register("crm.Stage", Fate.CASE, "decision_reason")
    register("crm.Stage", Fate.KEPT, "channel", why=CODES)
    register("crm.Task", Fate.CASE, "what", "outcome")
    register("crm.Task", Fate.KEPT, "key", why=CODES)
    register("crm.InteractionCase", Fate.CASE, "reason")
    register("crm.Party", Fate.KEPT, "relation", why=CODES)
    register("crm.ClaimCode", Fate.KEPT, "code_hmac", why=CODES)
    register("crm.Interaction", Fate.KEPT, "channel", "language", "reason", why=CODES)
    register("crm.SurveyAnswer", Fate.CONTACT, "comment")
    register("crm.SurveyInvitation", Fate.KEPT, "token_hash", "channel", why=CODES)
    register("crm.Notification", Fate.KEPT, "template", why=CODES)
    nothing_of_citizens(
        "crm.DuplicateRule",
        "crm.MessagePolicy",
        "crm.MessagePolicyChange",
        "crm.QueueState",
        "crm.RetentionRule",
        "crm.CalendarChange",
        "crm.RetentionChange",
        "crm.SavedFilter",
        "events.Event",
        "events.Handled",
    )
    nothing_of_citizens(
        *(f"catalog.{name}" for name in (
            "Procedure", "ProcedureVersion", "Agreement", "PastTerms", "Accreditation", "ImportRun", "ImportItem", "SearchEntry", "SearchWord",
            "ApiToken", "LifeEvent", "Theme", "VersionComment", "ImportConflict", "ImportSource", "BulkImport", "BulkRow", "Publication", "Bundle",
            "Retirement",
        ))
    )  # fmt: skip
    nothing_of_citizens(
        "crm.Subscription", "crm.Delivery", "crm.Reconciliation", "crm.Difference", "crm.KeyedRequest"
    )
    nothing_of_citizens("accounts.Agency", "accounts.User", "accounts.Credential", "accounts.OutsideChannel")
    nothing_of_citizens(
        *(
            f"territory.{name}"
            for name in ("Holiday", "Region", "Province", "Commune", "Office", "MobileStop")
        )
    )
    register("catalog.UsefulnessVote", Fate.OWN, "comment")
    register("catalog.UsefulnessVote", Fate.KEPT, "language", why=CODES)
    register("catalog.ErrorReport", Fate.OWN, "text")
    register(
        "catalog.SearchLog",
        Fate.KEPT,
        "query",
        why="no trace of who searched; what looks like a RUN, phone or e-mail is not kept",
    )
    register("catalog.SearchLog", Fate.KEPT, "language", "channel", why=CODES)


def register_subjects() -> None:
    """Say which rows the rules of crm and catalog reach."""
    register_subject(
        Subject(
            "drafts",
            "SELECT t.id FROM crm_case t WHERE t.state = 'draft' AND t.redacted_at IS NULL AND t.begun_at < %(before)s",
            "SELECT redact_cases(%(ids)s, ARRAY['answers', 'papers', 'words'])",
            subject_kind="case",
        ),
        Subject(
            "case-answers",
            f"{_OVER} AND t.redacted_at IS NULL",
            "SELECT redact_cases(%(ids)s, ARRAY['answers'])",
            subject_kind="case",
        ),
        Subject(
            "case-papers",
            f"{_OVER} AND EXISTS (SELECT FROM crm_document d WHERE d.case_id = t.id AND d.redacted_at IS NULL)",
            "SELECT redact_cases(%(ids)s, ARRAY['papers'])",
            subject_kind="case",
        ),
        Subject(
            "case-words",
            _OVER + _HAS_WORDS,
            "SELECT redact_cases(%(ids)s, ARRAY['words'])",
            subject_kind="case",
        ),
        Subject(
            "contacts",
            "SELECT t.id FROM crm_interaction t WHERE t.wrapped_up_at IS NOT NULL AND t.ended_at < %(before)s"
            " AND (t.person_id IS NOT NULL OR t.represented_id IS NOT NULL)",
            "SELECT redact_contacts(%(ids)s)",
        ),
        Subject(
            "survey-comments",
            "SELECT t.interaction_id AS id FROM crm_surveyinvitation t JOIN crm_surveyanswer a ON a.invitation_id = t.id"
            " WHERE a.at < %(before)s AND a.redacted_at IS NULL AND a.comment <> ''",
            "SELECT redact_comments(%(ids)s)",
        ),
        Subject(
            "exports",
            "SELECT t.id FROM crm_personexport t WHERE t.made_at < %(before)s AND t.expired_at IS NULL",
            "SELECT redact_exports(%(ids)s)",
        ),
        Subject("people", _IDLE, "SELECT redact_people(%(ids)s)", subject_kind="person"),
        Subject(
            "vote-comments",
            "SELECT t.id FROM catalog_usefulnessvote t WHERE t.at < %(before)s AND t.redacted_at IS NULL AND t.comment <> ''",
            "SELECT redact_votes(%(ids)s)",
            key="bigint",
        ),
        Subject(
            "error-reports",
            "SELECT t.id FROM catalog_errorreport t WHERE t.settled_at < %(before)s AND t.redacted_at IS NULL",
            "SELECT redact_reports(%(ids)s)",
            key="bigint",
        ),
    )


# People whom no case and no contact has needed for so long, under any of their records, and whose cases hold nothing any more.
_IDLE = """
SELECT t.id FROM crm_person t
WHERE t.merged_into_id IS NULL AND t.redacted_at IS NULL AND t.created_at < %(before)s
  AND NOT EXISTS (SELECT FROM crm_interaction i JOIN crm_person r ON r.id = i.person_id OR r.id = i.represented_id
                  WHERE (r.id = t.id OR r.merged_into_id = t.id) AND coalesce(i.ended_at, 'infinity') >= %(before)s)
  AND NOT EXISTS (SELECT FROM crm_party p JOIN crm_person r ON r.id = p.person_id JOIN crm_case c ON c.id = p.case_id
                  WHERE (r.id = t.id OR r.merged_into_id = t.id) AND c.redacted_at IS NULL)
  AND NOT EXISTS (SELECT FROM crm_personblock b WHERE b.person_id = t.id AND b.lifted_at IS NULL)
"""

from catalog.forms.bulk import NewProcedure, Upload
from catalog.forms.imports import NewSource, Source
from catalog.forms.question import QuestionForms
from catalog.forms.retirement import Retire
from catalog.forms.review import Care, Comment, Publish, Return
from catalog.forms.sheet import SheetForms

__all__ = [
    "Care",
    "Comment",
    "NewProcedure",
    "NewSource",
    "Publish",
    "QuestionForms",
    "Retire",
    "Return",
    "SheetForms",
    "Source",
    "Upload",
]

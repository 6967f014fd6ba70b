from catalog.forms.bulk import NewProcedure, Upload
from catalog.forms.imports import NewSource, Source
from catalog.forms.review import Care, Comment, Publish, Return
from catalog.forms.sheet import SheetForms

__all__ = [
    "Care",
    "Comment",
    "NewProcedure",
    "NewSource",
    "Publish",
    "Return",
    "SheetForms",
    "Source",
    "Upload",
]

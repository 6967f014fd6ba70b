from catalog.forms.question import QuestionForms
from catalog.forms.review import Care, Comment, Publish, Return
from catalog.forms.sheet import SheetForms

__all__ = ["Care", "Comment", "Publish", "QuestionForms", "Return", "SheetForms"]

from catalog.forms.review import Return
from catalog.forms.sheet import SheetForms

__all__ = ["Return", "SheetForms"]

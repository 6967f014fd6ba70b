"""What several rooms draw and handle in the same way: an application's form, a person's card, a case's line and file."""

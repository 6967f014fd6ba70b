from django.urls import URLPattern, path

from offices.views import application, desk, mandates, place, reception, today, visit

app_name = "offices"
_VISIT = "visits/<uuid:visit_id>/"
_MATTER = f"{_VISIT}matters/<int:matter_id>/"


def _move(move: str) -> URLPattern:
    return path(f"tickets/<uuid:ticket_id>/{move}/", desk.move_ticket, {"move": move}, name=f"ticket-{move}")


urlpatterns = [
    path("", desk.show_desk, name="desk"),
    path("open/", desk.open_desk, name="desk-open"),
    path("desks/<uuid:desk_id>/close/", desk.close_desk, name="desk-close"),
    path("desks/<uuid:desk_id>/next/", desk.call_next, name="call-next"),
    *[_move(move) for move in desk.MOVES],
    path("today/", today.show_today, name="today"),
    path("office/", place.choose_office, name="choose-office"),
    path("reception/", reception.show_reception, name="reception"),
    path("reception/queue/", reception.show_queue, name="queue"),
    path("reception/display/", reception.open_display, name="open-display"),
    path("reception/tickets/<uuid:ticket_id>/", reception.show_ticket, name="ticket"),
    path("reception/tickets/<uuid:ticket_id>/print/", reception.print_ticket, name="ticket-print"),
    path("reception/tickets/<uuid:ticket_id>/left/", reception.abandon_ticket, name="ticket-left"),
    path(_VISIT, visit.show_visit, name="visit"),
    path(f"{_VISIT}matters/", visit.add_matter, name="matter-add"),
    path(f"{_VISIT}possible/", visit.ask_possible, name="visit-possible"),
    path(f"{_VISIT}case/", visit.bring_case, name="bring-case"),
    path(f"{_VISIT}find/", visit.find_person, name="find-person"),
    path(f"{_VISIT}person/", visit.identify_person, name="identify-person"),
    path(f"{_VISIT}new-person/", visit.enter_person, name="enter-person"),
    path(f"{_VISIT}represented/", mandates.represent, name="represent"),
    path(f"{_VISIT}represented/find/", mandates.find_represented, name="find-represented"),
    path(f"{_VISIT}represented/new/", mandates.enter_represented, name="enter-represented"),
    path(f"{_VISIT}represented/mandate/", mandates.register_mandate, name="register-mandate"),
    path(f"{_VISIT}represented/stop/", mandates.stop_representing, name="stop-representing"),
    path(f"{_VISIT}finish/", visit.finish_visit, name="visit-finish"),
    path(f"{_MATTER}outcome/", visit.settle_matter, name="matter-outcome"),
    path(f"{_MATTER}paper/", visit.add_paper, name="matter-paper"),
    path(f"{_MATTER}answer/", visit.answer_agency, name="matter-answer"),
    path(f"{_MATTER}write/", visit.write_to_agency, name="matter-write"),
    path(f"{_MATTER}code/", visit.give_code, name="matter-code"),
    path(f"{_MATTER}begin/", application.begin_case, name="application-begin"),
    path(f"{_MATTER}application/", application.fill_case, name="application"),
    path(f"{_MATTER}receipt/", application.show_receipt, name="receipt"),
]

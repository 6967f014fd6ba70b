from django.urls import path, register_converter

from common.routes import route
from portal.views import (
    beginning,
    bundles,
    cases,
    checking,
    drafts,
    eligibility,
    feedback,
    follow,
    home,
    pages,
    parts,
    places,
    procedures,
    questions,
    receipts,
    surveys,
    topics,
)


class DraftCode:
    """Ten characters of `portal.models.draft.ALPHABET`."""

    regex = "[2-9a-hjkmnp-z]{10}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


class FolioText:
    """Anything that may be a folio; whether it is one is answered by the page."""

    regex = "[0-9Xx-]{10,20}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(DraftCode, "draft")
register_converter(FolioText, "folio")

app_name = "portal"
urlpatterns = [
    path("", home.show_home, name="home"),
    path(route("search/", "buscar/"), home.show_search, name="search"),
    path(
        route("life-events/<slug:code>/", "situaciones/<slug:code>/"),
        topics.show_life_event,
        name="life-event",
    ),
    path(route("themes/<slug:code>/", "temas/<slug:code>/"), topics.show_theme, name="theme"),
    path(route("agencies/<str:code>/", "instituciones/<str:code>/"), topics.show_agency, name="agency"),
    path(route("procedures/", "tramites/"), topics.show_all, name="all"),
    path(
        route("procedures/<slug:slug>/", "tramites/<slug:slug>/"), procedures.show_procedure, name="procedure"
    ),
    path(
        route("procedures/<slug:slug>/checklist/", "tramites/<slug:slug>/lista/"),
        procedures.show_checklist,
        name="checklist",
    ),
    path(
        route("procedures/<slug:slug>/may-i/", "tramites/<slug:slug>/puedo/"),
        eligibility.ask_eligibility,
        name="may-i",
    ),
    path(route("procedures/<slug:slug>/useful/", "tramites/<slug:slug>/util/"), feedback.vote, name="vote"),
    path(
        route("procedures/<slug:slug>/mistake/", "tramites/<slug:slug>/error/"),
        feedback.report_mistake,
        name="mistake",
    ),
    path(
        route("procedures/<slug:slug>/thanks/", "tramites/<slug:slug>/gracias/"),
        feedback.show_thanks,
        name="thanks",
    ),
    path(
        route("procedures/<slug:slug>/apply/", "tramites/<slug:slug>/solicitar/"),
        beginning.begin,
        name="apply",
    ),
    path(route("bundles/<slug:code>/", "varios-tramites/<slug:code>/"), bundles.show_bundle, name="bundle"),
    path(route("offices/", "oficinas/"), places.show_places, name="places"),
    path(route("waits/", "esperas/"), places.show_waits, name="waits"),
    path(route("applications/continue/", "solicitudes/continuar/"), drafts.resume, name="resume"),
    path(
        route("applications/<draft:code>/", "solicitudes/<draft:code>/"),
        questions.continue_draft,
        name="draft",
    ),
    path(
        route(
            "applications/<draft:code>/question/<str:key>/", "solicitudes/<draft:code>/pregunta/<str:key>/"
        ),
        questions.ask,
        name="question",
    ),
    path(
        route("applications/<draft:code>/for-whom/", "solicitudes/<draft:code>/por-quien/"),
        questions.say_for_whom,
        name="for-whom",
    ),
    path(
        route("applications/<draft:code>/known/", "solicitudes/<draft:code>/lo-que-sabemos/"),
        questions.offer_known,
        name="known",
    ),
    path(
        route("applications/<draft:code>/check/", "solicitudes/<draft:code>/revisar/"),
        checking.check,
        name="check",
    ),
    path(
        route("applications/<draft:code>/changes/", "solicitudes/<draft:code>/cambios/"),
        questions.show_changes,
        name="draft-changes",
    ),
    path(
        route("applications/<draft:code>/procedures/", "solicitudes/<draft:code>/tramites/"),
        parts.choose_parts,
        name="parts",
    ),
    path(
        route("applications/<draft:code>/saved/", "solicitudes/<draft:code>/guardada/"),
        questions.show_left,
        name="left",
    ),
    path(
        route("applications/<draft:code>/receipt/", "solicitudes/<draft:code>/comprobante/"),
        receipts.show_receipt,
        name="receipt",
    ),
    path(
        route("applications/<draft:code>/receipt/paper/", "solicitudes/<draft:code>/comprobante/papel/"),
        receipts.print_receipt,
        name="receipt-paper",
    ),
    path(route("follow/", "seguir/"), follow.follow, name="follow"),
    path(route("forget/", "olvidar/"), follow.forget, name="forget"),
    path(route("forgotten/", "olvidado/"), follow.show_forgotten, name="forgotten"),
    path(route("cases/<folio:folio>/", "casos/<folio:folio>/"), cases.show_case, name="case"),
    path(
        route("cases/<folio:folio>/readings/", "casos/<folio:folio>/lecturas/"),
        cases.show_readings,
        name="readings",
    ),
    path(route("cases/<folio:folio>/answer/", "casos/<folio:folio>/responder/"), cases.answer, name="answer"),
    path(route("cases/<folio:folio>/write/", "casos/<folio:folio>/escribir/"), cases.write, name="write"),
    path(
        route("cases/<folio:folio>/paper/", "casos/<folio:folio>/papel/"), cases.add_paper, name="add-paper"
    ),
    path(
        route("cases/<folio:folio>/messages/", "casos/<folio:folio>/mensajes/"),
        cases.choose_messages,
        name="messages",
    ),
    path(
        route("cases/<folio:folio>/withdraw/", "casos/<folio:folio>/desistir/"),
        cases.withdraw,
        name="withdraw",
    ),
    path(
        route("cases/<folio:folio>/papers/<uuid:paper>/", "casos/<folio:folio>/papeles/<uuid:paper>/"),
        cases.show_paper,
        name="paper",
    ),
    path(route("survey/<str:token>/", "encuesta/<str:token>/"), surveys.answer_survey, name="survey"),
    path(route("about/", "acerca/"), pages.show_about, name="about"),
    path(
        route("agencies-taking-part/", "instituciones-que-participan/"), pages.show_partners, name="partners"
    ),
    path(route("accessibility/", "accesibilidad/"), pages.show_accessibility, name="accessibility"),
    path(route("privacy/", "privacidad/"), pages.show_privacy, name="privacy"),
]

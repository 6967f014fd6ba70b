from django.urls import path

from metrics.views import dashboard, indicators, parameters, settlement

app_name = "metrics"
urlpatterns = [
    path("", dashboard.show_dashboard, name="dashboard"),
    path("map/", dashboard.show_map, name="map"),
    path("settlement/", settlement.show_settlement, name="settlement"),
    path("parameters/", parameters.list_sets, name="parameters"),
    path("parameters/<slug:code>/<int:version>/", parameters.show_set, name="parameter-set"),
    path(
        "parameters/<slug:code>/<int:version>/new-version/", parameters.draft_set, name="parameter-set-draft"
    ),
    path(
        "parameters/<slug:code>/<int:version>/approve/", parameters.approve_set, name="parameter-set-approve"
    ),
    path(
        "parameters/<slug:code>/<int:version>/values/<int:pk>/", parameters.change_parameter, name="parameter"
    ),
    path(
        "parameters/<slug:code>/<int:version>/investment/<slug:class_code>/",
        parameters.change_class,
        name="investment-class",
    ),
    path("<slug:code>/", indicators.show_indicator, name="indicator"),
]

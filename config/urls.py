"""
Every address of the house. A new route must be listed as public, or named in the access matrix (tests/test_house_rules.py).

People's pages carry their language in the path; machines' (API, health, static) do not.
"""

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path

from accounts.views.sign_in import SignIn
from config import patterns, views

urlpatterns = [
    path("healthz", views.show_health, name="health"),
    path("robots.txt", views.show_robots, name="robots"),
    path("idioma/<slug:code>/", views.choose_language, name="language"),
    path("", include("config.public_urls")),
    *i18n_patterns(
        path("staff/sign-in/", SignIn.as_view(), name="account_login"),  # the name by which allauth finds it
        path("staff/", include("accounts.urls")),
        path("staff/agency/", include("crm.urls")),
        path("staff/tasks/", include("crm.task_urls")),
        path("staff/sheets/", include("crm.sheet_urls")),
        path("staff/files/", include("crm.file_urls")),
        path("staff/calendar/", include("crm.calendar_urls")),
        path("staff/retention/", include("crm.retention_urls")),
        path("staff/messages/", include("crm.message_urls")),
        path("staff/deliveries/", include("crm.delivery_urls")),
        path("staff/desk/", include("offices.urls")),
        path("staff/line/", include("callcentre.urls")),
        path("staff/agreements/", include("catalog.agreement_urls")),
        path("staff/catalogue/", include("catalog.urls")),
        path("staff/figures/", include("metrics.urls")),
        path("", include("config.public_pages")),
        path("", include("portal.urls")),
    ),
]
if settings.DEMO:
    urlpatterns += i18n_patterns(
        path("patterns/", patterns.show_patterns, name="patterns"),
        path("demo/", include("config.demo_pages")),
    )

handler400 = "config.views.show_unreadable"
handler403 = "config.views.show_not_allowed"
handler404 = "config.views.show_not_found"
handler500 = "config.views.show_fault"

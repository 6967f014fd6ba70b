import pytest
from accounts.actors import Actor
from tests.factories import offices as make
from tests.factories.crm import pdf, AMINA, ANSWERS
from offices import actions
from offices.models import *
from django.urls import reverse

def test_walk(office, clerk, office_supervisor, host, client_of, client, procedure_version, agency):
    make.agreement(agency, office)
    c = client_of(host)
    assert c.get("/es/staff/desk/reception/").status_code == 200
    r = c.post("/es/staff/desk/reception/", {"search": "1", "q": "certificado"}, headers={"HX-Request": "true"})
    assert r.status_code == 200 and "Certificado de ejemplo" in r.text and "<html" not in r.text
    r = c.post("/es/staff/desk/reception/", {"matters": [procedure_version.pk], "priority": "older", "language": "es", "run": "1"})
    assert r.status_code == 422
    r = c.post("/es/staff/desk/reception/", {"matters": [procedure_version.pk], "priority": "older", "language": "es"}, follow=True)
    assert r.status_code == 200 and "P 001" in r.text
    t = Ticket.objects.get()
    assert c.get(f"/es/staff/desk/reception/tickets/{t.pk}/print/").status_code == 200
    assert c.get(f"/es/turno/{t.token}/").status_code == 200
    r = c.post("/es/staff/desk/reception/display/", follow=True); assert r.status_code == 200
    d = client_of(clerk)
    assert d.get("/es/staff/desk/").status_code == 200
    r = d.post("/es/staff/desk/open/", {"number": "2"}, follow=True); assert r.status_code == 200
    desk = Desk.objects.get(is_open=True)
    r = d.post(f"/es/staff/desk/desks/{desk.pk}/next/", {"key": "x"}, follow=True); assert "P 001" in r.text
    for kind in ("sala/" + office.display.token, "turno/" + t.token):
        r = client.get(f"/es/{kind}/"); assert r.status_code == 200 and "P 001" in r.text
    r = client.post(f"/es/turno/{t.token}/voy/", follow=True); assert r.status_code == 200
    r = d.post(f"/es/staff/desk/tickets/{t.pk}/start/", follow=True); assert r.status_code == 200, r.text
    v = t.visit
    r = d.get(f"/es/staff/desk/visits/{v.pk}/?q=certificado", headers={"HX-Request": "true"}); assert r.status_code == 200
    r = d.post(f"/es/staff/desk/visits/{v.pk}/new-person/", {"name": "Amina Rojas Soto", "run": "12.345.678-5", "document_seen": "on"}, follow=True); assert r.status_code == 200
    assert "12.345.678-5" in r.text
    r = d.post(f"/es/staff/desk/visits/{v.pk}/find/", {"text": "amina rosas"}); assert r.status_code == 200
    m = v.matters.get()
    r = d.post(f"/es/staff/desk/visits/{v.pk}/matters/{m.pk}/begin/", follow=True); assert r.status_code == 200, r.redirect_chain
    url = f"/es/staff/desk/visits/{v.pk}/matters/{m.pk}/application/"
    r = d.post(url, {"file": "1"}); assert r.status_code == 422
    import re
    print(sorted(set(re.findall(r'name="([^"]+)"', r.text))))
    r = client_of(office_supervisor).get("/es/staff/desk/today/"); assert r.status_code == 200
    r = d.post(f"/es/staff/desk/visits/{v.pk}/finish/"); assert r.status_code == 422
    r = d.post(f"/es/staff/desk/visits/{v.pk}/finish/", {"anyway": 1}, follow=True); assert r.status_code == 200
    assert client.get(f"/es/turno/{t.token}/").status_code == 200

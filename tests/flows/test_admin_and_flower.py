"""The operators' two windows: Django's admin and Flower, both behind a password, both showing what is there."""

from __future__ import annotations

import base64
import re
import urllib.parse
import urllib.request
from http.cookiejar import CookieJar

from tests.support.client import Api, fetch
from tests.support.installation import Installation, wait_until

PAGES = ("generation/generation/", "accounts/workspace/", "accounts/apikey/", "billing/transfer/", "")
QUEUES = ("gpu.priority", "gpu.standard", "gpu.basic", "cpu.priority", "cpu.standard", "cpu.basic", "control")


def test_an_operator_sees_a_generation_in_the_admin(installation: Installation, api: Api) -> None:
    done = api.wait(api.generate())
    admin, browser = f"{installation.stack.url}/admin/", _browser()
    assert 'name="password"' in _read(browser, admin)
    _log_in(browser, admin, "admin", installation.stack.state.admin_password)
    for page in PAGES:
        assert "Log out" in _read(browser, admin + page)
    listed = _read(browser, f"{admin}generation/generation/")
    assert done["generationId"] in listed and "completed" in listed.lower()
    shown = _read(browser, f"{admin}generation/generation/{done['generationId']}/change/")
    assert all(stage in shown for stage in ("prompt", "diffusion", "encode", "upload"))


def test_a_wrong_password_opens_nothing(installation: Installation) -> None:
    admin, browser = f"{installation.stack.url}/admin/", _browser()
    _read(browser, admin)
    _log_in(browser, admin, "admin", "guess")
    assert "Log out" not in _read(browser, admin)


def test_flower_shows_the_queues_to_those_who_may(installation: Installation) -> None:
    url, password = installation.stack.flower_url, installation.stack.state.admin_password
    assert fetch("GET", f"{url}/broker").status == 401
    assert fetch("GET", f"{url}/broker", Authorization=_basic("admin", "guess")).status == 401
    may = _basic("admin", password)

    def queues_shown() -> bool:
        page = fetch("GET", f"{url}/broker", Authorization=may)
        return page.status == 200 and all(f">{name}<" in re.sub(r"\s", "", page.body.decode()) for name in QUEUES)

    wait_until(queues_shown, "Flower shows every queue")

    def workers_shown() -> bool:
        page = fetch("GET", f"{url}/workers?json=1", Authorization=may)
        return page.status == 200 and all(name in page.body.decode() for name in installation.stack.workers)

    wait_until(workers_shown, "Flower shows every worker")


def _basic(user: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def _browser() -> urllib.request.OpenerDirector:
    return urllib.request.build_opener(urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(CookieJar()))


def _read(browser: urllib.request.OpenerDirector, url: str) -> str:
    with browser.open(url, timeout=30) as page:
        return page.read().decode()


def _log_in(browser: urllib.request.OpenerDirector, admin: str, user: str, password: str) -> None:
    form = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', _read(browser, f"{admin}login/"))
    assert form is not None
    fields = {"csrfmiddlewaretoken": form[1], "username": user, "password": password, "next": "/admin/"}
    request = urllib.request.Request(f"{admin}login/", urllib.parse.urlencode(fields).encode(), {"Referer": admin})
    browser.open(request, timeout=30).close()

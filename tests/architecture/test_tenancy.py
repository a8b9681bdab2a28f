"""No table of a workspace is without its policy and its scoped manager (docs/adr/0016)."""

from __future__ import annotations

from django.apps import apps
from django.db.migrations.loader import MigrationLoader
from django.db.models import ForeignKey, Model

from atelier.accounts.models import Workspace
from atelier.core.db.policies import EnableTenantPolicy
from atelier.core.db.tenancy import TenantRows
from tests.architecture.source import PRODUCT, PROJECT, calls, imports, python_files

OPEN = {
    "outbox_outboxmessage": "ids on their way to the broker; only the relay reads them",
    "accounts_tokenbucket": "counters; a workspace's id is part of the key of each",
    "generation_virtualtime": "when each workspace was last served; only the scheduler reads it",
    "generation_worker": "the operator's workers",
    "accounts_tierterms": "the operator's terms, the same for all",
    "billing_creditline": "the operator's terms, the same for all",
    "billing_ratecard": "the operator's prices, the same for all",
    "billing_bookcheck": "whether the books as a whole are right",
}
"""Tables of ours without a policy, and why."""


def ours() -> list[type[Model]]:
    return [model for model in apps.get_models() if not model.__module__.startswith("django.") and is_ours(model)]


def is_ours(model: type[Model]) -> bool:
    return model.__module__.split(".")[0] in {"atelier", "billing", "generation", "storage", "webhooks"}


def walled() -> set[str]:
    loader = MigrationLoader(None, load=False)
    loader.load_disk()
    operations = [step for migration in loader.disk_migrations.values() for step in migration.operations]
    return {step._arguments[0] for step in operations if isinstance(step, EnableTenantPolicy)}


def names_workspace(model: type[Model]) -> bool:
    return any(isinstance(field, ForeignKey) and field.related_model is Workspace for field in model._meta.fields)


def test_every_table_has_a_policy_or_a_reason() -> None:
    tables = {model._meta.db_table for model in ours()}
    assert tables - walled() - set(OPEN) == set(), "add EnableTenantPolicy(table) to the migration, or a reason here"


def test_no_table_that_names_its_workspace_is_open() -> None:
    assert {model._meta.db_table for model in ours() if names_workspace(model)} & set(OPEN) == set()


def test_reasons_are_for_tables_that_exist_and_are_open() -> None:
    tables = {model._meta.db_table for model in ours()}
    assert set(OPEN) - tables == set()
    assert set(OPEN) & walled() == set()


def test_every_walled_table_is_read_through_the_scoped_manager() -> None:
    models = {model._meta.db_table: model for model in ours()}
    outside = [table for table in walled() if not isinstance(models[table]._default_manager, TenantRows)]
    assert outside == [], "objects = TenantRows()"


def test_the_scoped_manager_of_a_table_without_the_column_knows_the_way() -> None:
    lost = [
        model._meta.label
        for model in ours()
        if isinstance(model._default_manager, TenantRows)
        and not hasattr(model, "tenant_path")
        and "workspace_id" not in {field.attname for field in model._meta.concrete_fields}
    ]
    assert lost == []


STREAMS = {
    "atelier/core/http/streams.py": "makes each part for the workspace of the request",
    "storage/api/views.py": "sends files: it reads no rows",
}
LAZY = ("iterator", "server_side_cursors")


def test_only_one_module_streams_rows() -> None:
    """What a server asks for after the request has no tenant; a test's context around it would hide that."""
    makers = {
        str(path)
        for path in python_files(*PRODUCT)
        for name, _ in calls(path)
        if name.split(".")[-1] in ("StreamingHttpResponse", "FileResponse")
    }
    assert makers == set(STREAMS)
    files = next(path for path in python_files(*PRODUCT) if str(path) == "storage/api/views.py")
    assert not [name for name in imports(files) if name.startswith("django.db") or name.endswith(".models")]


def test_no_view_hands_rows_on_unread() -> None:
    lazy = [
        f"{path}: {name}"
        for path in python_files(*PRODUCT)
        if "api" in path.parts or "site" in path.parts
        for name, _ in calls(path)
        if name.split(".")[-1] in LAZY
    ]
    assert lazy == [], "read pages, with atelier.core.http.streams"


def test_no_test_lends_a_command_its_own_rights() -> None:
    """`call_command` inside a test runs with everything open, and hides a command that says for nobody."""
    tests = (PROJECT / "tests" / "integration").rglob("*.py")
    assert [path.name for path in tests if "call_command" in path.read_text()] == [], "tests.support.commands"

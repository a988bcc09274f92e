"""Other models need a full build once: rows that older SQL left must not stand beside today's."""

from __future__ import annotations

from pathlib import Path

from cchc.pipeline.build import finish_build, prepare_build
from cchc.registry.open import Registry
from cchc.settings import Settings


def test_changed_models_are_built_whole_once(tmp_path: Path, registry: Registry) -> None:
    project = tmp_path / "dbt_project"
    (project / "models").mkdir(parents=True)
    model = project / "models" / "fct_dossier.sql"
    model.write_text("select 1", encoding="utf-8")
    settings = Settings(workdir=tmp_path / "var", exports="", dbt_project=project)
    assert prepare_build(settings, registry)["full_refresh"]  # a new warehouse
    finish_build(settings)
    assert prepare_build(settings, registry)["due"]  # nothing is served yet
    settings.served_path.parent.mkdir()
    settings.served_path.touch()
    assert not prepare_build(settings, registry)["due"]
    model.write_text("select 2", encoding="utf-8")
    state = prepare_build(settings, registry)
    assert (state["due"], state["full_refresh"]) == (True, True)
    finish_build(settings)
    assert not prepare_build(settings, registry)["due"]

"""Opens the session that a command works with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.aws.asl.runtime.clock import RealClock
from simulator.aws.asl.runtime.listener import SilentListener
from simulator.fault_injection.spec import FaultPlan
from simulator.pipeline.settings import Settings

if TYPE_CHECKING:
    from simulator.aws.asl.runtime.clock import Clock
    from simulator.aws.asl.runtime.listener import Listener
    from simulator.aws.engine.options import EngineName
    from simulator.cli.output.terminal import Terminal
    from simulator.pipeline.permissions.names import EnforcedTemplate
    from simulator.pipeline.session import Session


def chosen_settings(engine: EngineName | None) -> Settings:
    """Return the settings of the environment, with the AWS engine that an option names, if one does."""
    return Settings() if engine is None else Settings(simulator_aws_engine=engine)


def open_session(
    terminal: Terminal,
    listener: Listener | None = None,
    clock: Clock | None = None,
    plan: FaultPlan | None = None,
    *,
    restored: bool = False,
    enforced: EnforcedTemplate | None = None,
    engine: EngineName | None = None,
) -> Session:
    """Start the pipeline with the settings of the environment; to be used in a `with`.

    Args:
        terminal: prints what is being started.
        listener: receives the events of executions; None for no listener.
        clock: the clock that executions see; None for the real one.
        plan: the faults to inject; None for none.
        restored: whether everything is kept in the home, and what lies there is restored.
        enforced: the template whose policies decide what functions and state machines may do; None if they may do all.
        engine: the AWS engine; None for the one that the environment names.

    Raises:
        CloudError: it cannot start.
    """
    # Only here: the imports take time that `--help` and `show` need not wait for, and in which the servers start.
    from simulator.pipeline.servers import Servers  # noqa: PLC0415 - as the line above says

    settings, plan = chosen_settings(engine), plan or FaultPlan()
    servers = Servers(settings, plan, lasting=restored, enforced=enforced)
    try:
        from simulator.pipeline.session import Session  # noqa: PLC0415 - as above
    except BaseException:  # Ctrl-C
        servers.close()
        raise
    return Session(
        settings,
        tell=terminal.say,
        listener=listener or SilentListener(),
        clock=clock or RealClock(),
        plan=plan,
        restored=restored,
        servers=servers,
        enforced=enforced,
    )

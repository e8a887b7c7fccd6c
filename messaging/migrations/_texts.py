"""The views that show live texts and the history as one; to be made again whenever the tables' columns change."""

VIEWS = (
    ("OutboundMessage", "messaging_outboundhistory", "messaging_outgoingtext"),
    ("InboundMessage", "messaging_inboundhistory", "messaging_incomingtext"),
)


def drop_views(apps, schema_editor):
    """Take the views away, so that a column they show can change its type or go."""
    for _, _, view in VIEWS:
        schema_editor.execute(f"DROP VIEW IF EXISTS {view}")


def make_views(apps, schema_editor):
    """Make the views with the columns that the live tables have at this point of the migrations."""
    drop_views(apps, schema_editor)
    for model, history, view in VIEWS:
        live = apps.get_model("messaging", model)._meta
        columns = ", ".join(f'"{field.column}"' for field in live.concrete_fields)
        both = f"SELECT {columns} FROM {live.db_table} UNION ALL SELECT {columns} FROM {history}"  # noqa: S608  # our own names
        schema_editor.execute(f"CREATE VIEW {view} AS {both}")

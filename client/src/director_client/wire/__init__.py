# Made by client/scripts/wire_types.py from docs/protocol.schema.json. Change the studio's
# Structs, not this file.

"""The wire's own types, made from the protocol's schema."""

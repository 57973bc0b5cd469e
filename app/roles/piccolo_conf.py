"""Where Piccolo finds the studio's engine. Migrations are run by `director migrate`."""

from piccolo.conf.apps import AppRegistry

from app.platform.database import ENGINE

DB = ENGINE
APP_REGISTRY = AppRegistry([])

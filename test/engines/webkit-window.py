#!/usr/bin/python3
"""A window of WebKitGTK for WebKitWebDriver, whose profile outlives it: MiniBrowser's automation is always ephemeral.

Argument: the folder of the profile, or nothing for a private window. Console messages go to stdout.
"""
import sys

import gi

gi.require_version("Gtk", "3.0")
gi.require_version("WebKit2", "4.1")
from gi.repository import Gtk, WebKit2  # noqa: E402

folder = sys.argv[1] if len(sys.argv) > 1 else ""
if folder:
    manager = WebKit2.WebsiteDataManager(base_data_directory=f"{folder}/data", base_cache_directory=f"{folder}/cache")
else:
    manager = WebKit2.WebsiteDataManager.new_ephemeral()
context = WebKit2.WebContext.new_with_website_data_manager(manager)
context.set_automation_allowed(True)
windows = []


def open_view(*_):
    settings = WebKit2.Settings(enable_write_console_messages_to_stdout=True)
    view = WebKit2.WebView(web_context=context, settings=settings, is_controlled_by_automation=True)
    window = Gtk.Window(default_width=1000, default_height=720)
    window.add(view)
    window.show_all()
    windows.append(window)
    view.connect("close", lambda _: window.destroy())
    return view


def started(_, session):
    info = WebKit2.ApplicationInfo()
    info.set_name("webkit-window")
    session.set_application_info(info)
    session.connect("create-web-view", open_view)


context.connect("automation-started", started)
Gtk.main()

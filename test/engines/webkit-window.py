#!/usr/bin/python3
"""A window of WebKitGTK for WebKitWebDriver, whose profile outlives it: MiniBrowser's automation is always ephemeral.

Argument: the folder of the profile, or nothing for a private window. A line of JSON goes to stdout for each error that
nobody caught and for each breach of the content policy.
"""
import json
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

WATCH = """
  const tell = (kind, text) => webkit.messageHandlers.faults.postMessage(JSON.stringify({ kind, text: String(text) }));
  addEventListener("error", ({ message }) => tell("pageerror", message));
  addEventListener("unhandledrejection", ({ reason }) => tell("pageerror", reason?.message ?? reason));
  addEventListener("securitypolicyviolation", ({ effectiveDirective, blockedURI }) =>
    tell("console", `Content Security Policy: ${effectiveDirective} ${blockedURI}`));
"""
content = WebKit2.UserContentManager()
content.add_script(
    WebKit2.UserScript.new(
        WATCH, WebKit2.UserContentInjectedFrames.TOP_FRAME, WebKit2.UserScriptInjectionTime.START, None, None
    )
)
content.register_script_message_handler("faults")
content.connect(
    "script-message-received::faults",
    lambda _, result: print(json.dumps(json.loads(result.get_js_value().to_string())), flush=True),
)


def open_view(*_):
    view = WebKit2.WebView(web_context=context, user_content_manager=content, is_controlled_by_automation=True)
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

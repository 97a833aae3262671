"""What TDLib makes of texts: JSON lines on standard input, one JSON line each on standard output.

In:  {"op": "html", "text": …}            parseTextEntities with the HTML parse mode
     {"op": "found", "text": …}           getTextEntities: what is found in plain text
     {"op": "fixed", "html": …}           the text of "html" after TDLib cleaned it and fixed its entities
Out: {"text": …, "entities": [[offset, length, type, argument], …]} or {"error": …}

Needs the package tdjson, which brings TDLib itself; `scripts/test` installs it under target/tdlib.
"""

import json
import sys

import tdjson

ARGUMENTS = ("url", "language", "user_id", "custom_emoji_id", "unix_time")


def execute(request):
    answer = tdjson.td_execute(json.dumps(request).encode())
    return json.loads(answer)


def html(text):
    return execute({"@type": "parseTextEntities", "text": text, "parse_mode": {"@type": "textParseModeHTML"}})


def answer(line):
    if line["op"] == "html":
        result = html(line["text"])
    elif line["op"] == "found":
        result = execute({"@type": "getTextEntities", "text": line["text"]})
        result["text"] = line["text"]
    else:
        # parseMarkdown cleans and fixes before it looks for markup of its own, of which the caller sends none.
        result = html(line["html"])
        if result["@type"] != "error":
            result = execute({"@type": "parseMarkdown", "text": result})
    if result["@type"] == "error":
        return {"error": result["message"]}
    entities = []
    for entity in result["entities"]:
        kind = entity["type"]
        argument = next((str(kind[name]) for name in ARGUMENTS if name in kind), None)
        name = kind["@type"].removeprefix("textEntityType")
        entities.append([entity["offset"], entity["length"], name, argument])
    return {"text": result["text"], "entities": entities}


execute({"@type": "setLogVerbosityLevel", "new_verbosity_level": 0})
for request in sys.stdin:
    print(json.dumps(answer(json.loads(request))), flush=True)

"""A kazoo session driven line by line: JSON commands on stdin, JSON lines on stdout.

    {"id": 1, "op": "children", "path": "/brokers/ids", "watch": true}
    {"id": 1, "result": ["1", "2"], "stat": {...}}        the answer, or {"id": 1, "error": "NoNodeError"}
    {"event": "CHILD", "state": "CONNECTED", "path": "/brokers/ids"}
    {"connection": "SUSPENDED"}
"""
import json
import sys
import threading

from kazoo.client import KazooClient

hosts, timeout = sys.argv[1], float(sys.argv[2])
lock = threading.Lock()


def say(**line):
    with lock:
        sys.stdout.write(json.dumps(line) + "\n")
        sys.stdout.flush()


def stat_of(stat):
    return dict(stat._asdict()) if stat is not None else None


client = KazooClient(hosts=hosts, timeout=timeout, randomize_hosts=False)
client.add_listener(lambda state: say(connection=state))
client.start(timeout=20)


def watcher(event):
    say(event=event.type, state=event.state, path=event.path)


def perform(command):
    path = command.get("path")
    watch = watcher if command.get("watch") else None
    op = command["op"]
    if op == "children":
        children, stat = client.get_children(path, watch=watch, include_data=True)
        return sorted(children), stat
    if op == "get":
        data, stat = client.get(path, watch=watch)
        return data.decode() if data is not None else None, stat
    if op == "exists":
        stat = client.exists(path, watch=watch)
        return stat is not None, stat
    if op == "create":
        return client.create(path, b"x"), None
    if op == "set":
        return None, client.set(path, b"x")
    if op == "delete":
        return client.delete(path), None
    if op == "sync":
        return client.sync(path), None
    if op == "follow":  # the recipe that arms itself anew after every event and every reconnection
        client.ChildrenWatch(path, lambda children: say(followed=sorted(children), path=path))
        return None, None
    if op == "session":
        return "0x%x" % client.client_id[0], None
    if op == "stop":
        client.stop()
        return None, None
    raise ValueError(op)


for line in sys.stdin:
    request = json.loads(line)
    try:
        result, stat = perform(request)
        say(id=request["id"], result=result, stat=stat_of(stat))
    except Exception as error:  # the caller judges by the name
        say(id=request["id"], error=type(error).__name__, message=str(error))

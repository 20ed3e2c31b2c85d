"""`http.server` in a thread answers `http.client` and `urllib`, with errors and big bodies: a recorder of sockets, threads and selectors is
under all of it."""

import hashlib
import http.client
import http.server
import threading
import urllib.error
import urllib.request

BODY = bytes(range(256)) * 8000


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        if self.path == "/none":
            self.send_error(404)
            return
        self.send_response(200)
        self.send_header("Content-Length", str(len(BODY)))
        self.end_headers()
        self.wfile.write(BODY)

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        answer = hashlib.sha256(body).hexdigest().encode()
        self.send_response(201)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *args):
        pass


with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    host, port = server.server_address
    connection = http.client.HTTPConnection(host, port, timeout=20)
    for _ in range(3):
        connection.request("GET", "/")
        response = connection.getresponse()
        print(response.status, hashlib.sha256(response.read()).hexdigest()[:16])
    connection.request("POST", "/", BODY)
    response = connection.getresponse()
    print(response.status, response.read() == hashlib.sha256(BODY).hexdigest().encode())
    connection.close()
    try:
        urllib.request.urlopen(f"http://{host}:{port}/none")
    except urllib.error.HTTPError as error:
        print(error.code, error.reason)
        error.close()
    server.shutdown()
    thread.join()
for handler in threading.enumerate()[1:]:  # they end by themselves, as their connection was closed
    handler.join()
print("threads", threading.active_count())

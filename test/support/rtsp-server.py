"""A real RTSP server for tests: serves one H.264 or H.265 file, or a live test picture, at rtsp://127.0.0.1:PORT/cam.

Prints "listening PORT" once it answers. Ends on SIGTERM. Needs python3-gi, gir1.2-gst-rtsp-server-1.0,
gstreamer1.0-plugins-base, -good, -bad and gstreamer1.0-rtsp (and -ugly for --live).
"""

import argparse
import signal
import sys

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtsp", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import Gio, GLib, Gst, GstRtsp, GstRtspServer  # noqa: E402

parser = argparse.ArgumentParser()
parser.add_argument("--port", default="0")
parser.add_argument("--file", help="MP4 with one H.264 or H.265 track, sent in real time")
parser.add_argument("--codec", default="h264", choices=["h264", "h265"])
parser.add_argument("--live", help="WIDTHxHEIGHT@RATE of a test picture with running time, encoded here")
parser.add_argument("--user")
parser.add_argument("--password")
parser.add_argument("--auth", default="digest", choices=["digest", "basic"])
parser.add_argument("--protocols", default="tcp,udp")
parser.add_argument("--timestamp-offset", type=int, default=-1, help="first RTP time stamp (32 bits)")
parser.add_argument("--tls", help="PEM file with key and certificate: serves rtsps")
parser.add_argument("--drop", type=float, default=0, help="share of pictures that never leave, 0 to 1")
parser.add_argument("--lose-udp", action="store_true", help="UDP is offered, and nothing of it ever arrives")
options = parser.parse_args()

Gst.init(None)

payloader = f"rtp{options.codec}pay name=pay0 pt=96 config-interval=1 timestamp-offset={options.timestamp_offset}"
if options.live:
    size, rate = options.live.split("@")
    width, height = size.split("x")
    launch = (
        f"videotestsrc is-live=true pattern=smpte ! video/x-raw,width={width},height={height},framerate={rate}/1 "
        f"! timeoverlay ! videoconvert ! x264enc tune=zerolatency speed-preset=ultrafast key-int-max={rate} "
        f"! video/x-h264,profile=main ! {payloader}"
    )
else:
    parse = f"{options.codec}parse config-interval=1 ! video/x-{options.codec},alignment=au"
    launch = f'filesrc location="{options.file}" ! qtdemux ! {parse} ! identity drop-probability={options.drop} ! {payloader}'

server = GstRtspServer.RTSPServer()
server.set_address("127.0.0.1")
server.set_service(options.port)

factory = GstRtspServer.RTSPMediaFactory()
factory.set_launch(f"( {launch} )")
factory.set_shared(False)
known = {"tcp": GstRtsp.RTSPLowerTrans.TCP, "udp": GstRtsp.RTSPLowerTrans.UDP}
protocols = GstRtsp.RTSPLowerTrans(0)
for name in options.protocols.split(","):
    protocols |= known[name]
factory.set_protocols(protocols)

if options.tls is not None or options.user is not None:
    auth = GstRtspServer.RTSPAuth()
    token = GstRtspServer.RTSPToken()
    token.set_string("media.factory.role", "viewer")
    if options.tls is not None:
        auth.set_tls_certificate(Gio.TlsCertificate.new_from_file(options.tls))
    if options.user is None:
        auth.set_default_token(token)
    elif options.auth == "digest":
        auth.set_supported_methods(GstRtsp.RTSPAuthMethod.DIGEST)
        auth.add_digest(options.user, options.password, token)
    else:
        auth.set_supported_methods(GstRtsp.RTSPAuthMethod.BASIC)
        auth.add_basic(GstRtspServer.RTSPAuth.make_basic(options.user, options.password), token)
    server.set_auth(auth)
    permissions = GstRtspServer.RTSPPermissions()
    permissions.add_permission_for_role("viewer", "media.factory.access", True)
    permissions.add_permission_for_role("viewer", "media.factory.construct", True)
    factory.set_permissions(permissions)



def lose_udp(media, state):
    """Drops at the server's own UDP sinks what a firewall would drop behind them."""
    if state != int(Gst.State.PLAYING):
        return
    sinks = media.get_element().get_parent().iterate_recurse()
    while True:
        result, element = sinks.next()
        if result != Gst.IteratorResult.OK:
            return
        if element.get_factory().get_name() == "multiudpsink":
            element.get_static_pad("sink").add_probe(
                Gst.PadProbeType.BUFFER | Gst.PadProbeType.BUFFER_LIST, lambda pad, info: Gst.PadProbeReturn.DROP
            )


if options.lose_udp:
    factory.connect("media-configure", lambda factory, media: media.connect("new-state", lose_udp))
server.get_mount_points().add_factory("/cam", factory)
if server.attach(None) == 0:
    sys.exit("the port is taken")
print(f"listening {server.get_bound_port()}", flush=True)

loop = GLib.MainLoop()
GLib.unix_signal_add(GLib.PRIORITY_DEFAULT, signal.SIGTERM, loop.quit)
loop.run()

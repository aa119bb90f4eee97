"""The embedded Redis, for real."""

import stat

import redis
from kombu import Connection

from radicula.services.places import Home
from radicula.services.redis_server import EmbeddedRedis


def test_only_this_account_may_reach_the_socket(home: Home) -> None:
    with EmbeddedRedis(home) as server, redis.Redis.from_url(server.url) as client:
        assert client.ping()
        assert stat.S_IMODE((home.sockets / "redis.sock").stat().st_mode) == 0o700


def test_a_queued_message_outlives_a_killed_server_and_an_emptied_cache(home: Home) -> None:
    with EmbeddedRedis(home) as server:
        with Connection(server.broker_url) as broker, broker.SimpleQueue("io") as queue:
            queue.put({"job": 7})
        with redis.Redis.from_url(server.url) as cache:
            cache.flushdb()
        assert server.process is not None
        server.process.kill()
    with (
        EmbeddedRedis(home) as server,
        Connection(server.broker_url) as broker,
        broker.SimpleQueue("io") as queue,
    ):
        message = queue.get(block=True, timeout=60)
        assert message.payload == {"job": 7}
        message.ack()


def test_a_server_left_behind_is_ended(home: Home) -> None:
    left_behind = EmbeddedRedis(home)
    left_behind.start()
    with EmbeddedRedis(home):
        assert left_behind.process is not None
        assert left_behind.process.poll() is not None

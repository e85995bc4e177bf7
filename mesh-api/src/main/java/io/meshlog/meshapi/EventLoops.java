package io.meshlog.meshapi;

import io.grpc.netty.NettyServerBuilder;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * A gRPC server's event loops. They are made here and not by gRPC because gRPC does not say on which of them it calls a
 * handler, and what sends to many connections is cheapest on their own loop.
 */
final class EventLoops implements AutoCloseable {
    private static final long QUIET_MS = 0;
    private static final long TIMEOUT_MS = 2_000;

    private final EventLoopGroup accepting;
    private final EventLoopGroup serving;
    private final Class<? extends ServerChannel> channel;

    private EventLoops(EventLoopGroup accepting, EventLoopGroup serving, Class<? extends ServerChannel> channel) {
        this.accepting = accepting;
        this.serving = serving;
        this.channel = channel;
    }

    /** @param name what its threads' names begin with */
    static EventLoops start(String name) {
        boolean epoll = Epoll.isAvailable();
        IoHandlerFactory handlers = epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
        // the second argument: they do not keep the process alive
        return new EventLoops(
                new MultiThreadIoEventLoopGroup(1, new DefaultThreadFactory(name + "-accept", true), handlers),
                new MultiThreadIoEventLoopGroup(0, new DefaultThreadFactory(name + "-loop", true), handlers),
                epoll ? EpollServerSocketChannel.class : NioServerSocketChannel.class);
    }

    /** Lets a server use them; they are to be closed after it. */
    NettyServerBuilder serve(NettyServerBuilder server) {
        return server.bossEventLoopGroup(accepting)
                .workerEventLoopGroup(serving)
                .channelType(channel);
    }

    /** The loop whose thread asks; for another thread, any of them. */
    ScheduledExecutorService current() {
        for (EventExecutor loop : serving) {
            if (loop.inEventLoop()) {
                return loop;
            }
        }
        return serving.next();
    }

    @Override
    public void close() {
        var unused = accepting.shutdownGracefully(QUIET_MS, TIMEOUT_MS, TimeUnit.MILLISECONDS);
        serving.shutdownGracefully(QUIET_MS, TIMEOUT_MS, TimeUnit.MILLISECONDS).awaitUninterruptibly(TIMEOUT_MS);
    }
}

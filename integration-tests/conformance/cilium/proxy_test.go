package cilium

import (
	"context"
	"net"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/keepalive"
	"google.golang.org/grpc/metadata"

	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
)

// A proxy stands before a replica. It can be cut as if the replica had died, and counts the connections that were made and
// the lists that went through.
type proxy struct {
	backend     *grpc.ClientConn
	address     string
	connections atomic.Int64
	lists       atomic.Int64
	watches     atomic.Int64

	server *grpc.Server
}

// A frame is a message as it is on the wire.
type frame struct{ bytes []byte }

type frames struct{}

func (frames) Marshal(v any) ([]byte, error) { return v.(*frame).bytes, nil }
func (frames) Unmarshal(data []byte, v any) error {
	v.(*frame).bytes = append([]byte{}, data...)
	return nil
}
func (frames) Name() string { return "proto" }

func newProxy(t *testing.T, endpoint string) *proxy {
	backend, err := grpc.NewClient(endpoint, grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithDefaultCallOptions(grpc.ForceCodec(frames{}), grpc.MaxCallRecvMsgSize(64<<20)))
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{backend: backend, address: "127.0.0.1:0"}
	p.serve(t)
	t.Cleanup(func() { p.cut(); backend.Close() })
	return p
}

// serve listens at the same address every time.
func (p *proxy) serve(t *testing.T) {
	listener, err := net.Listen("tcp", p.address)
	if err != nil {
		t.Fatal(err)
	}
	p.address = listener.Addr().String()
	// Cilium pings every 15 s, which a server in Go takes for an attack unless it is told
	pings := grpc.KeepaliveEnforcementPolicy(keepalive.EnforcementPolicy{MinTime: 5 * time.Second, PermitWithoutStream: true})
	p.server = grpc.NewServer(grpc.ForceServerCodec(frames{}), grpc.UnknownServiceHandler(p.forward), pings)
	go p.server.Serve(counted{listener, &p.connections})
}

type counted struct {
	net.Listener
	accepted *atomic.Int64
}

func (c counted) Accept() (net.Conn, error) {
	connection, err := c.Listener.Accept()
	if err == nil {
		c.accepted.Add(1)
	}
	return connection, err
}

// cut closes every connection at once and takes no new ones.
func (p *proxy) cut() { p.server.Stop() }

func (p *proxy) forward(_ any, client grpc.ServerStream) error {
	method, _ := grpc.MethodFromServerStream(client)
	ctx, cancel := context.WithCancel(client.Context())
	defer cancel()
	if headers, there := metadata.FromIncomingContext(ctx); there {
		ctx = metadata.NewOutgoingContext(ctx, headers)
	}
	server, err := p.backend.NewStream(ctx, &grpc.StreamDesc{ClientStreams: true, ServerStreams: true}, method)
	if err != nil {
		return err
	}
	if method == "/etcdserverpb.Watch/Watch" {
		p.watches.Add(1)
		defer p.watches.Add(-1)
	}
	var requests sync.WaitGroup
	requests.Go(func() {
		for {
			request := &frame{}
			if client.RecvMsg(request) != nil {
				server.CloseSend()
				return
			}
			p.count(method, request)
			if server.SendMsg(request) != nil {
				return
			}
		}
	})
	for {
		answer := &frame{}
		if err := server.RecvMsg(answer); err != nil {
			client.SetTrailer(server.Trailer())
			if err.Error() == "EOF" {
				return nil
			}
			return err
		}
		if err := client.SendMsg(answer); err != nil {
			return err
		}
	}
}

func (p *proxy) count(method string, request *frame) {
	asked := &pb.RangeRequest{}
	if method == "/etcdserverpb.KV/Range" && asked.Unmarshal(request.bytes) == nil && len(asked.RangeEnd) > 0 {
		p.lists.Add(1)
	}
}

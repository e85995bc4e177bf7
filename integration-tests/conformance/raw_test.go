package conformance

import (
	"bytes"
	"time"

	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
	"go.etcd.io/etcd/api/v3/mvccpb"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// A stream is a watch stream as it is on the wire: etcd's client library would hide what some checks are about.
type stream struct {
	*probe
	wire     pb.Watch_WatchClient
	messages chan *pb.WatchResponse
	cluster  uint64
	// upTo is what the headers have said of each watch.
	upTo map[int64]int64
}

func (p *probe) stream() *stream {
	p.Helper()
	wire, err := pb.NewWatchClient(p.on.client.ActiveConnection()).Watch(p.ctx)
	p.must(err)
	s := &stream{p, wire, make(chan *pb.WatchResponse), 0, map[int64]int64{}}
	go func() {
		defer close(s.messages)
		for {
			message, err := wire.Recv()
			if err != nil {
				return
			}
			select {
			case s.messages <- message:
			case <-p.ctx.Done():
				return
			}
		}
	}()
	return s
}

func (s *stream) create(request *pb.WatchCreateRequest) {
	s.Helper()
	s.must(s.wire.Send(&pb.WatchRequest{RequestUnion: &pb.WatchRequest_CreateRequest{CreateRequest: request}}))
}

// created opens a watch of what begins with a name and answers its id.
func (s *stream) created(name string, change func(*pb.WatchCreateRequest)) int64 {
	s.Helper()
	request := &pb.WatchCreateRequest{Key: []byte(s.key(name)), RangeEnd: after(s.key(name))}
	if change != nil {
		change(request)
	}
	s.create(request)
	message := s.read()
	if !message.Created || message.Canceled {
		s.Fatalf("not created: %v", message)
	}
	return message.WatchId
}

// from has a watch begin at a revision.
func from(revision int64) func(*pb.WatchCreateRequest) {
	return func(request *pb.WatchCreateRequest) { request.StartRevision = revision }
}

func (s *stream) cancel(id int64) {
	s.Helper()
	s.must(s.wire.Send(&pb.WatchRequest{RequestUnion: &pb.WatchRequest_CancelRequest{
		CancelRequest: &pb.WatchCancelRequest{WatchId: id}}}))
}

func (s *stream) askProgress() {
	s.Helper()
	s.must(s.wire.Send(&pb.WatchRequest{RequestUnion: &pb.WatchRequest_ProgressRequest{
		ProgressRequest: &pb.WatchProgressRequest{}}}))
}

// read is the next message. What holds for every message is checked of each: a header of the one cluster, which promises
// nothing that comes later, and does not go back.
func (s *stream) read() *pb.WatchResponse {
	s.Helper()
	select {
	case message, open := <-s.messages:
		if !open {
			s.Fatal("the stream ended")
		}
		s.examine(message)
		return message
	case <-time.After(20 * time.Second):
		s.Fatal("no message within 20 s")
	}
	panic("not reached")
}

func (s *stream) examine(message *pb.WatchResponse) {
	s.Helper()
	header := message.Header
	if header == nil || header.ClusterId == 0 || header.MemberId == 0 {
		s.Fatalf("a message without a whole header: %v", message)
	}
	if s.cluster == 0 {
		s.cluster = header.ClusterId
	}
	s.equal("cluster", header.ClusterId, s.cluster)
	for _, event := range message.Events {
		if event.Kv.ModRevision <= s.upTo[message.WatchId] {
			s.Fatalf("watch %d: the event of revision %d came after a header said %d",
				message.WatchId, event.Kv.ModRevision, s.upTo[message.WatchId])
		}
		if !message.Fragment && event.Kv.ModRevision > header.Revision {
			s.Fatalf("the header says %d, an event is of %d", header.Revision, event.Kv.ModRevision)
		}
	}
	if message.Created || message.Canceled || message.Fragment {
		return
	}
	if header.Revision < s.upTo[message.WatchId] {
		s.Fatalf("watch %d: the header went back from %d to %d", message.WatchId, s.upTo[message.WatchId], header.Revision)
	}
	if message.WatchId == -1 {
		for id := range s.upTo {
			s.upTo[id] = max(s.upTo[id], header.Revision)
		}
	}
	s.upTo[message.WatchId] = header.Revision
}

// quiet fails if anything comes before the answer to what is asked last: messages of a stream are in order.
func (s *stream) quiet() {
	s.Helper()
	s.create(&pb.WatchCreateRequest{Key: []byte(s.key("the-last-one"))})
	if message := s.read(); !message.Created || len(message.Events) > 0 {
		s.Fatalf("it should be quiet, and says %v", message)
	}
}

// after is the end of the range of what begins with a key.
func after(key string) []byte {
	end := []byte(key)
	end[len(end)-1]++
	return end
}

func (p *probe) kv() pb.KVClient { return pb.NewKVClient(p.on.client.ActiveConnection()) }

// unlike says what Meshlog refuses and etcd does: docs/etcd-facade.md gives the reason of each.
func (p *probe) unlike(err error) bool {
	p.Helper()
	if p.on.oracle {
		p.must(err)
		return false
	}
	p.equal("refused", status.Code(err), codes.Unimplemented)
	return true
}

func find(kvs []*mvccpb.KeyValue, key string) *mvccpb.KeyValue {
	for _, kv := range kvs {
		if bytes.Equal(kv.Key, []byte(key)) {
			return kv
		}
	}
	return nil
}

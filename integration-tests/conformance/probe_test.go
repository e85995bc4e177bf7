package conformance

import (
	"context"
	"fmt"
	"testing"
	"time"

	clientv3 "go.etcd.io/etcd/client/v3"
)

// A probe is one check under way: it keeps to keys below its prefix.
type probe struct {
	*testing.T
	ctx    context.Context
	on     target
	prefix string
}

func (p *probe) key(name string) string { return p.prefix + name }

func (p *probe) put(name, value string, options ...clientv3.OpOption) int64 {
	p.Helper()
	answer, err := p.on.client.Put(p.ctx, p.key(name), value, options...)
	p.must(err)
	return answer.Header.Revision
}

func (p *probe) get(name string, options ...clientv3.OpOption) *clientv3.GetResponse {
	p.Helper()
	answer, err := p.on.client.Get(p.ctx, p.key(name), options...)
	p.must(err)
	return answer
}

func (p *probe) del(name string, options ...clientv3.OpOption) *clientv3.DeleteResponse {
	p.Helper()
	answer, err := p.on.client.Delete(p.ctx, p.key(name), options...)
	p.must(err)
	return answer
}

func (p *probe) must(err error) {
	p.Helper()
	if err != nil {
		p.Fatal(err)
	}
}

func (p *probe) equal(what string, got, want any) {
	p.Helper()
	if fmt.Sprint(got) != fmt.Sprint(want) {
		p.Fatalf("%s: got %v, want %v", what, got, want)
	}
}

func (p *probe) fails(err error, words string) {
	p.Helper()
	if err == nil {
		p.Fatalf("it did not fail; want %q", words)
	}
	if err.Error() != words {
		p.Fatalf("it failed with %q, want %q", err, words)
	}
}

// keys are the names below the prefix, in the order they came.
func (p *probe) keys(answer *clientv3.GetResponse) []string {
	names := []string{}
	for _, kv := range answer.Kvs {
		names = append(names, string(kv.Key)[len(p.prefix):])
	}
	return names
}

// next is the next message of a watch.
func (p *probe) next(watch clientv3.WatchChan) clientv3.WatchResponse {
	p.Helper()
	select {
	case message, open := <-watch:
		if !open {
			p.Fatal("the watch ended")
		}
		return message
	case <-time.After(20 * time.Second):
		p.Fatal("no message of the watch within 20 s")
	}
	panic("not reached")
}

// events are the next so many events of a watch, each as "TYPE name=value@revision".
func (p *probe) events(watch clientv3.WatchChan, count int) []string {
	p.Helper()
	events := []string{}
	last := int64(0)
	for len(events) < count {
		message := p.next(watch)
		p.must(message.Err())
		for _, event := range message.Events {
			if event.Kv.ModRevision < last {
				p.Fatalf("revision %d came after %d", event.Kv.ModRevision, last)
			}
			if event.Kv.ModRevision > message.Header.Revision {
				p.Fatalf("the header says %d, an event is of %d", message.Header.Revision, event.Kv.ModRevision)
			}
			last = event.Kv.ModRevision
			events = append(events, fmt.Sprintf(
				"%s %s=%s", event.Type, string(event.Kv.Key)[len(p.prefix):], event.Kv.Value))
		}
	}
	return events
}

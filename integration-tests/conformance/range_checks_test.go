package conformance

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"maps"
	"math/rand"
	"slices"

	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
	"go.etcd.io/etcd/api/v3/mvccpb"
	"go.etcd.io/etcd/api/v3/v3rpc/rpctypes"
	clientv3 "go.etcd.io/etcd/client/v3"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

var rangeChecks = []check{
	{"every-sort", everySort},
	{"limits-more-and-count", limits},
	{"revision-filters", revisionFilters},
	{"open-ended-ranges", openEnded},
	{"every-past-revision", everyPast},
	{"compacted-revisions", compacted},
	{"range-errors", rangeErrors},
}

// spread writes keys of different versions, revisions and values, none of whose orders is another's.
func spread(p *probe) []*mvccpb.KeyValue {
	for i, name := range []string{"d", "a", "c", "b", "e"} {
		for range (i * 3) % 5 {
			p.put(name, "")
		}
		p.put(name, fmt.Sprint("v", (i*7)%5))
	}
	p.put("b", "v9")
	return p.get("", clientv3.WithPrefix()).Kvs
}

func everySort(p *probe) {
	all := spread(p)
	by := map[pb.RangeRequest_SortTarget]func(a, b *mvccpb.KeyValue) int{
		pb.RangeRequest_KEY:     func(a, b *mvccpb.KeyValue) int { return bytes.Compare(a.Key, b.Key) },
		pb.RangeRequest_VERSION: func(a, b *mvccpb.KeyValue) int { return cmp.Compare(a.Version, b.Version) },
		pb.RangeRequest_CREATE:  func(a, b *mvccpb.KeyValue) int { return cmp.Compare(a.CreateRevision, b.CreateRevision) },
		pb.RangeRequest_MOD:     func(a, b *mvccpb.KeyValue) int { return cmp.Compare(a.ModRevision, b.ModRevision) },
		pb.RangeRequest_VALUE:   func(a, b *mvccpb.KeyValue) int { return bytes.Compare(a.Value, b.Value) },
	}
	for target, compare := range by {
		want := slices.Clone(all)
		slices.SortStableFunc(want, compare)
		for _, order := range []pb.RangeRequest_SortOrder{pb.RangeRequest_NONE, pb.RangeRequest_ASCEND, pb.RangeRequest_DESCEND} {
			if order == pb.RangeRequest_DESCEND {
				slices.Reverse(want)
			}
			for limit := range int64(3) {
				if order == pb.RangeRequest_NONE && target != pb.RangeRequest_KEY && limit > 0 {
					// etcd cuts by key first and sorts what is left; Meshlog sorts, then cuts
					continue
				}
				for _, keysOnly := range []bool{false, true} {
					answer, err := p.kv().Range(p.ctx, &pb.RangeRequest{Key: []byte(p.prefix), RangeEnd: after(p.prefix),
						SortTarget: target, SortOrder: order, Limit: limit, KeysOnly: keysOnly, Serializable: true})
					p.must(err)
					what := fmt.Sprint(target, order, limit, keysOnly)
					expected := want
					if limit > 0 {
						expected = want[:limit]
					}
					p.equal(what+" count, more", []any{answer.Count, answer.More}, []any{len(all), limit > 0})
					p.equal(what+" size", len(answer.Kvs), len(expected))
					for i, kv := range answer.Kvs {
						p.equal(what+" key", string(kv.Key), string(expected[i].Key))
						p.equal(what+" value", len(kv.Value) == 0, keysOnly)
					}
				}
			}
		}
	}
}

func limits(p *probe) {
	for i := range 5 {
		p.put(fmt.Sprint(i), "v")
	}
	for limit := int64(-1); limit <= 6; limit++ {
		got := p.get("", clientv3.WithPrefix(), clientv3.WithLimit(limit))
		size := int64(5)
		if limit > 0 {
			size = min(limit, 5)
		}
		p.equal(fmt.Sprint("limit ", limit), []any{len(got.Kvs), got.More, got.Count}, []any{size, size < 5, 5})
		counted := p.get("", clientv3.WithPrefix(), clientv3.WithLimit(limit), clientv3.WithCountOnly())
		p.equal(fmt.Sprint("count with limit ", limit), []any{len(counted.Kvs), counted.More, counted.Count}, []any{0, false, 5})
	}
}

func revisionFilters(p *probe) {
	all := spread(p)
	first, last := all[0].CreateRevision, int64(0)
	for _, kv := range all {
		first, last = min(first, kv.CreateRevision), max(last, kv.ModRevision)
	}
	for bound := first - 1; bound <= last+1; bound++ {
		for what, filter := range map[string]struct {
			request *pb.RangeRequest
			holds   func(*mvccpb.KeyValue) bool
		}{
			"min mod":    {&pb.RangeRequest{MinModRevision: bound}, func(kv *mvccpb.KeyValue) bool { return kv.ModRevision >= bound }},
			"max mod":    {&pb.RangeRequest{MaxModRevision: bound}, func(kv *mvccpb.KeyValue) bool { return kv.ModRevision <= bound }},
			"min create": {&pb.RangeRequest{MinCreateRevision: bound}, func(kv *mvccpb.KeyValue) bool { return kv.CreateRevision >= bound }},
			"max create": {&pb.RangeRequest{MaxCreateRevision: bound}, func(kv *mvccpb.KeyValue) bool { return kv.CreateRevision <= bound }},
		} {
			filter.request.Key, filter.request.RangeEnd = []byte(p.prefix), after(p.prefix)
			filter.request.Serializable = true
			answer, err := p.kv().Range(p.ctx, filter.request)
			p.must(err)
			want := []string{}
			for _, kv := range all {
				if filter.holds(kv) {
					want = append(want, string(kv.Key)[len(p.prefix):])
				}
			}
			p.equal(fmt.Sprint(what, " ", bound), p.keys((*clientv3.GetResponse)(answer)), want)
			p.equal("count is of all", answer.Count, len(all))
		}
	}
}

func openEnded(p *probe) {
	for _, name := range []string{"a", "b", "c"} {
		p.put(name, "v")
	}
	for from, want := range map[string]int{"a": 3, "b": 2, "b\x00": 1, "d": 0} {
		answer := p.get(from, clientv3.WithFromKey())
		mine, last := 0, ""
		for _, kv := range answer.Kvs {
			key := string(kv.Key)
			if key <= last {
				p.Fatalf("%q came after %q", key, last)
			}
			last = key
			if len(key) > len(p.prefix) && key[:len(p.prefix)] == p.prefix {
				mine++
			}
		}
		p.equal("from "+from, mine, want)
		p.equal("count", answer.Count, len(answer.Kvs))
	}
	all, err := p.kv().Range(p.ctx, &pb.RangeRequest{Key: []byte{0}, RangeEnd: []byte{0}})
	p.must(err)
	if find(all.Kvs, p.key("c")) == nil {
		p.Fatal("all keys do not hold one of them")
	}
}

func everyPast(p *probe) {
	chance := rand.New(rand.NewSource(1))
	now := map[string]string{}
	past := map[int64]map[string]string{}
	for i := range 40 {
		name := fmt.Sprint("k", chance.Intn(6))
		if _, there := now[name]; there && chance.Intn(3) == 0 {
			delete(now, name)
			past[p.del(name).Header.Revision] = maps.Clone(now)
		} else {
			now[name] = fmt.Sprint(i)
			past[p.put(name, now[name])] = maps.Clone(now)
		}
	}
	for revision, state := range past {
		names := slices.Sorted(maps.Keys(state))
		got := p.get("", clientv3.WithPrefix(), clientv3.WithRev(revision))
		p.equal(fmt.Sprint("at ", revision), p.keys(got), names)
		for _, kv := range got.Kvs {
			p.equal("value", string(kv.Value), state[string(kv.Key)[len(p.prefix):]])
		}
		p.equal("count", p.get("", clientv3.WithPrefix(), clientv3.WithRev(revision), clientv3.WithCountOnly()).Count, len(names))
		limited := p.get("", clientv3.WithPrefix(), clientv3.WithRev(revision), clientv3.WithLimit(2))
		p.equal("limited", []any{p.keys(limited), limited.Count}, []any{names[:min(2, len(names))], len(names)})
		if limited.Header.Revision < revision {
			p.Fatalf("the header is of the store: %d is below %d", limited.Header.Revision, revision)
		}
	}
}

// compacted: etcd forgets when it is told to, Meshlog when its window has passed; it says so in the same words.
func compacted(p *probe) {
	first := p.put("a", "1")
	last := p.put("a", "2")
	_, err := p.on.client.Compact(p.ctx, last)
	if p.unlike(err) {
		p.equal("still there", string(p.get("a", clientv3.WithRev(first)).Kvs[0].Value), "1")
		return
	}
	_, err = p.on.client.Get(p.ctx, p.key("a"), clientv3.WithRev(first))
	if !errors.Is(err, rpctypes.ErrCompacted) {
		p.Fatalf("compacted: %v", err)
	}
}

func rangeErrors(p *probe) {
	_, err := p.kv().Range(p.ctx, &pb.RangeRequest{})
	p.equal("no key", status.Convert(err).Message(), "etcdserver: key is not provided")
	_, err = p.kv().DeleteRange(p.ctx, &pb.DeleteRangeRequest{})
	p.equal("no key", status.Convert(err).Message(), "etcdserver: key is not provided")
	_, err = p.kv().Range(p.ctx, &pb.RangeRequest{Key: []byte("a"), SortOrder: 7})
	p.equal("no such order", status.Code(err), codes.InvalidArgument)
	now := p.put("a", "1")
	for _, count := range []bool{false, true} {
		_, err = p.kv().Range(p.ctx, &pb.RangeRequest{Key: []byte(p.key("a")), Revision: now + 1_000, CountOnly: count})
		p.equal("future", status.Convert(err).Message(), "etcdserver: mvcc: required revision is a future revision")
	}
}

package conformance

import (
	"fmt"
	"sync"

	clientv3 "go.etcd.io/etcd/client/v3"
)

// acrossReplicas are checks with a client of each of two replicas.
func acrossReplicas(other *clientv3.Client) []check {
	return []check{
		{"what-one-wrote-the-other-reads", func(p *probe) { readsElsewhere(p, other) }},
		{"a-lease-is-known-everywhere-at-once", func(p *probe) { leasesElsewhere(p, other) }},
		{"of-two-replicas-one-grants-a-lock", func(p *probe) { locksElsewhere(p, other) }},
		{"a-watch-resumes-elsewhere", func(p *probe) { watchesElsewhere(p, other) }},
	}
}

// at is the same probe at the other replica.
func (p *probe) at(client *clientv3.Client) *probe {
	return &probe{p.T, p.ctx, target{client, false}, p.prefix}
}

func readsElsewhere(p *probe, client *clientv3.Client) {
	other := p.at(client)
	for i := range 50 {
		revision := p.put("a", fmt.Sprint(i))
		got := other.get("a")
		p.equal("value", string(got.Kvs[0].Value), fmt.Sprint(i))
		p.equal("revision", got.Kvs[0].ModRevision, revision)
		p.equal("cluster", got.Header.ClusterId, p.get("a").Header.ClusterId)
	}
}

func leasesElsewhere(p *probe, client *clientv3.Client) {
	other := p.at(client)
	for i := range 20 {
		lease := p.grant(60)
		other.put(fmt.Sprint("a", i), "v", clientv3.WithLease(lease))
		p.equal("attached", p.attached(lease), fmt.Sprintf("[a%d]", i))
		second := p.grant(60)
		alive, err := client.KeepAliveOnce(p.ctx, second)
		p.must(err)
		p.equal("kept alive", alive.ID, second)
		third := p.grant(60)
		_, err = client.Txn(p.ctx).Then(clientv3.OpPut(p.key("t"), "v", clientv3.WithLease(third))).Commit()
		p.must(err)
		for _, each := range []clientv3.LeaseID{lease, second, third} {
			_, err = client.Revoke(p.ctx, each)
			p.must(err)
		}
		p.equal("gone with them", p.get("", clientv3.WithPrefix()).Count, 0)
	}
}

func locksElsewhere(p *probe, client *clientv3.Client) {
	for i := range 10 {
		var both sync.WaitGroup
		won := make(chan bool, 2)
		for _, at := range []*clientv3.Client{p.on.client, client} {
			both.Go(func() {
				answer, err := at.Txn(p.ctx).
					If(clientv3.Compare(clientv3.CreateRevision(p.key(fmt.Sprint(i))), "=", 0)).
					Then(clientv3.OpPut(p.key(fmt.Sprint(i)), "mine")).Commit()
				if err != nil {
					p.Error(err)
				} else if answer.Succeeded {
					won <- true
				}
			})
		}
		both.Wait()
		p.equal("winners", len(won), 1)
	}
}

func watchesElsewhere(p *probe, client *clientv3.Client) {
	other := p.at(client)
	next := p.get("").Header.Revision + 1
	order := &inOrder{p, map[string]int{}, 0}
	writers := p.writing(4, 40)
	for turn := 0; order.seen < 4*40; turn++ {
		at := []*probe{p, other}[turn%2]
		s := at.stream()
		s.created("w", from(next))
		for range 3 {
			if order.seen < 4*40 {
				message := s.read()
				order.take(message.Events)
				next = message.Header.Revision + 1
			}
		}
		p.must(s.wire.CloseSend())
	}
	writers.Wait()
}

package conformance

import (
	"fmt"
	"slices"

	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
	clientv3 "go.etcd.io/etcd/client/v3"
	"google.golang.org/grpc/status"
)

var leaseChecks = []check{
	{"leases-of-a-given-id", leaseIds},
	{"what-hangs-on-a-lease", attached},
	{"a-revoked-lease-takes-what-was-just-put", revokedAtOnce},
	{"a-revoked-lease-is-nowhere", revokedNowhere},
}

func (p *probe) grant(seconds int64) clientv3.LeaseID {
	p.Helper()
	lease, err := p.on.client.Grant(p.ctx, seconds)
	p.must(err)
	return lease.ID
}

// grantAs asks for an id.
func (p *probe) grantAs(id clientv3.LeaseID) error {
	_, err := pb.NewLeaseClient(p.on.client.ActiveConnection()).LeaseGrant(p.ctx, &pb.LeaseGrantRequest{ID: int64(id), TTL: 60})
	return err
}

func (p *probe) attached(lease clientv3.LeaseID) []string {
	p.Helper()
	ttl, err := p.on.client.TimeToLive(p.ctx, lease, clientv3.WithAttachedKeys())
	p.must(err)
	names := []string{}
	for _, key := range ttl.Keys {
		names = append(names, string(key)[len(p.prefix):])
	}
	slices.Sort(names)
	return names
}

func leaseIds(p *probe) {
	id := clientv3.LeaseID(0x7e57)
	p.must(p.grantAs(id))
	p.equal("again", status.Convert(p.grantAs(id)).Message(), "etcdserver: lease already exists")
	_, err := p.on.client.Revoke(p.ctx, id)
	p.must(err)
	p.must(p.grantAs(id))
	_, err = p.on.client.Revoke(p.ctx, id)
	p.must(err)
}

func attached(p *probe) {
	one, other := p.grant(60), p.grant(60)
	for i := range 20 {
		name := fmt.Sprintf("k%02d", i)
		p.put(name, "v", clientv3.WithLease(one))
		p.equal("at once", len(p.attached(one)), i+1)
	}
	p.put("k00", "v", clientv3.WithLease(other))
	p.put("k01", "v")
	p.del("k02")
	_, err := p.on.client.Txn(p.ctx).Then(clientv3.OpPut(p.key("t"), "v", clientv3.WithLease(other))).Commit()
	p.must(err)
	p.equal("of the other", p.attached(other), "[k00 t]")
	p.equal("of the one", len(p.attached(one)), 17)
	_, err = p.on.client.Revoke(p.ctx, one)
	p.must(err)
	p.equal("left", p.keys(p.get("", clientv3.WithPrefix())), "[k00 k01 t]")
	p.equal("the other's", p.attached(other), "[k00 t]")
}

func revokedAtOnce(p *probe) {
	for i := range 10 {
		lease := p.grant(60)
		p.put("a", fmt.Sprint(i), clientv3.WithLease(lease))
		_, err := p.on.client.Revoke(p.ctx, lease)
		p.must(err)
		p.equal("gone with it", p.get("a").Count, 0)
	}
}

func revokedNowhere(p *probe) {
	lease := p.grant(60)
	_, err := p.on.client.Revoke(p.ctx, lease)
	p.must(err)
	_, err = p.on.client.KeepAliveOnce(p.ctx, lease)
	p.fails(err, "etcdserver: requested lease not found")
	_, err = p.on.client.Put(p.ctx, p.key("a"), "v", clientv3.WithLease(lease))
	p.fails(err, "etcdserver: requested lease not found")
	all, err := p.on.client.Leases(p.ctx)
	p.must(err)
	for _, one := range all.Leases {
		if one.ID == lease {
			p.Fatal("it is still listed")
		}
	}
}

package conformance

import (
	"context"
	"crypto/tls"
	"os"
	"path/filepath"
	"testing"
	"time"

	"go.etcd.io/etcd/api/v3/v3rpc/rpctypes"
	"go.etcd.io/etcd/client/pkg/v3/transport"
	clientv3 "go.etcd.io/etcd/client/v3"
)

// connectAs is a client with the certificate of one of Cilium's users, from a folder with ca.crt and USER.crt and .key.
func connectAs(t *testing.T, endpoint, folder, user string) *clientv3.Client {
	files := transport.TLSInfo{
		CertFile:      filepath.Join(folder, user+".crt"),
		KeyFile:       filepath.Join(folder, user+".key"),
		TrustedCAFile: filepath.Join(folder, "ca.crt"),
	}
	config, err := files.ClientConfig()
	if err != nil {
		t.Fatal(err)
	}
	config.MinVersion = tls.VersionTLS12
	client, err := clientv3.New(clientv3.Config{
		Endpoints:   []string{"https://" + endpoint},
		DialTimeout: 10 * time.Second,
		TLS:         config,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { client.Close() })
	return client
}

// TestMutualTls runs a part of the table as the user that a clustermesh-apiserver is, and checks what each of Cilium's users
// may, where MESHLOG_TLS names a folder with their certificates.
func TestMutualTls(t *testing.T) {
	endpoint, folder, cluster := os.Getenv("MESHLOG_ETCD"), os.Getenv("MESHLOG_TLS"), os.Getenv("MESHLOG_CLUSTER")
	if endpoint == "" || folder == "" || cluster == "" {
		t.Skip("MESHLOG_ETCD, MESHLOG_TLS and MESHLOG_CLUSTER name no Meshlog with certificates and a cluster of it")
	}
	node := func(of string) string { return "cilium/state/nodes/v1/" + of + "/tls" }
	value := `{"Name":"tls","Cluster":"` + cluster + `","ClusterID":1}`
	admin := connectAs(t, endpoint, folder, "admin-"+cluster)
	run(t, target{admin, false}, basics)

	readable := []string{"cilium/.heartbeat", "cilium/cache/", "cilium/cluster-config/", "cilium/synced/"}
	for user, may := range map[string]struct{ read, not []string }{
		"remote":  {append([]string{"cilium/state/"}, readable...), []string{"", "cilium/", "other/", "cilium/cache"}},
		"local-a": {readable, []string{"", "cilium/", "other/", "cilium/cache", "cilium/state/"}},
	} {
		client := connectAs(t, endpoint, folder, user)
		checks := []check{{user + "-reads-what-cilium-grants", func(p *probe) {
			for _, prefix := range may.read {
				_, err := client.Get(p.ctx, prefix, clientv3.WithPrefix())
				p.must(err)
				p.opens(client, prefix)
			}
		}}, {user + "-reads-nothing-else", func(p *probe) {
			for _, prefix := range may.not {
				_, err := client.Get(p.ctx, prefix, clientv3.WithPrefix())
				p.denied(err)
				_, err = client.Txn(p.ctx).Then(clientv3.OpGet(prefix, clientv3.WithPrefix())).Commit()
				p.denied(err)
				message := p.next(client.Watch(p.ctx, prefix, clientv3.WithPrefix()))
				p.denied(message.Err())
			}
			_, err := client.Get(p.ctx, "cilium/cache/", clientv3.WithFromKey())
			p.denied(err)
		}}, {user + "-writes-nothing", func(p *probe) {
			key := node(cluster)
			_, err := client.Put(p.ctx, key, value)
			p.denied(err)
			_, err = client.Delete(p.ctx, key)
			p.denied(err)
			_, err = client.Txn(p.ctx).Then(clientv3.OpPut(key, value)).Commit()
			p.denied(err)
			_, err = client.Grant(p.ctx, 60)
			p.denied(err)
		}}}
		run(t, target{client, false}, checks)
	}

	root := connectAs(t, endpoint, folder, "root")
	run(t, target{root, false}, []check{{"root-writes-any-clusters-keys", func(p *probe) {
		_, err := root.Put(p.ctx, node(cluster), value)
		p.must(err)
		_, err = root.Delete(p.ctx, node(cluster))
		p.must(err)
		p.grant(60)
	}}, {"an-admin-writes-its-own-clusters-keys", func(p *probe) {
		_, err := admin.Put(p.ctx, node(cluster), value)
		p.must(err)
		_, err = admin.Delete(p.ctx, node(cluster))
		p.must(err)
		_, err = admin.Put(p.ctx, node("another"), value)
		if err == nil {
			p.Fatal("it may write another cluster's")
		}
	}}})
}

func (p *probe) denied(err error) {
	p.Helper()
	if err == nil {
		p.Fatal("it is permitted")
	}
	p.equal("refused", rpctypes.ErrorDesc(err), rpctypes.ErrorDesc(rpctypes.ErrPermissionDenied))
}

// opens sees that a watch begins.
func (p *probe) opens(client *clientv3.Client, prefix string) {
	p.Helper()
	ctx, cancel := context.WithCancel(p.ctx)
	defer cancel()
	message := p.next(client.Watch(ctx, prefix, clientv3.WithPrefix(), clientv3.WithCreatedNotify()))
	p.must(message.Err())
	p.equal("created", message.Created, true)
}

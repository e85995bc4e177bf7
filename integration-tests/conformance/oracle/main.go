// The command oracle is a real etcd on loopback, for those who test beside it. It says where it listens, and ends when its
// standard input does.
package main

import (
	"fmt"
	"io"
	"log"
	"net/url"
	"os"

	"go.etcd.io/etcd/server/v3/embed"
)

func main() {
	if len(os.Args) != 2 {
		log.Fatal("usage: oracle FOLDER")
	}
	cfg := embed.NewConfig()
	cfg.Dir = os.Args[1]
	cfg.LogLevel = "error"
	free := url.URL{Scheme: "http", Host: "127.0.0.1:0"}
	cfg.ListenClientUrls, cfg.ListenPeerUrls = []url.URL{free}, []url.URL{free}
	server, err := embed.StartEtcd(cfg)
	if err != nil {
		log.Fatal(err)
	}
	defer server.Close()
	<-server.Server.ReadyNotify()
	fmt.Println(server.Clients[0].Addr())
	io.Copy(io.Discard, os.Stdin)
}

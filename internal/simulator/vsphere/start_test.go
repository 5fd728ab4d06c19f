package vsphere

import "testing"

func BenchmarkStart(b *testing.B) {
	for b.Loop() {
		server, err := Start(Options{})
		if err != nil {
			b.Fatal(err)
		}
		server.Close()
	}
}

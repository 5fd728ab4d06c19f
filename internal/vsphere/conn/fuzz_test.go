package conn

import (
	"os"
	"testing"
)

// FuzzSessionCache reads what another process, or a crash, left in the cache's file: it is a session or none.
func FuzzSessionCache(f *testing.F) {
	f.Add([]byte(`{"soap_cookie":"a=b","rest_token":"t"}`))
	f.Add([]byte("{"))
	f.Add([]byte("null"))
	f.Add([]byte{0xff, 0})
	f.Fuzz(func(t *testing.T, content []byte) {
		cache, err := openSessionCache(t.TempDir()+"/cache", "https://h/", "u")
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(cache.file, content, ownerOnlyFile); err != nil {
			t.Fatal(err)
		}
		kept, err := cache.load()
		if err != nil {
			t.Fatalf("a file of %q: %v", content, err)
		}
		if err := cache.store(kept); err != nil {
			t.Fatal(err)
		}
		if again, err := cache.load(); err != nil || again != kept {
			t.Errorf("stored %+v, loaded %+v: %v", kept, again, err)
		}
	})
}

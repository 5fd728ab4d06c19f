package postgres_test

import (
	"errors"
	"io/fs"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"testing"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest/postgres"
)

// TestStart starts a server in a subtest. Nothing of it may be left when that has ended.
func TestStart(t *testing.T) {
	t.Parallel()
	var folder string
	dial := func() error {
		connection, err := (&net.Dialer{}).DialContext(t.Context(), "unix", filepath.Join(folder, ".s.PGSQL.5432"))
		if err != nil {
			return err
		}

		return connection.Close()
	}
	started := t.Run("server", func(t *testing.T) {
		connection, err := url.Parse(postgres.Start(t))
		if err != nil {
			t.Fatal(err)
		}
		folder = connection.Query().Get("host")
		if err := dial(); err != nil {
			t.Errorf("the server can't be reached: %v", err)
		}
	})
	if !started || folder == "" {
		return // it was skipped, or has failed
	}
	if err := dial(); err == nil {
		t.Error("the server outlived its test")
	}
	if _, err := os.Stat(folder); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("its files are still there: %v", err)
	}
}

package conn

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/vmfork/terraform-provider-vmfork/internal/httpapi"
)

// sessionCache keeps session tokens in a folder between processes, one file for each endpoint and user. A token is as good
// as a password, so folder and files are for their owner only; what others may have touched is not used. govmomi's
// session/cache was not taken: it trusts any file it finds and asks the server whether the session lives, which
// the first call finds out for free.
type sessionCache struct {
	file string // empty: no cache
}

// cachedSession is what the file holds.
type cachedSession struct {
	SOAPCookie string `json:"soap_cookie,omitempty"`
	JSONToken  string `json:"json_token,omitempty"`
	RESTToken  string `json:"rest_token,omitempty"`
}

// noLogin reports whether there is no login to the Web Services API.
func (c cachedSession) noLogin() bool { return c.SOAPCookie == "" && c.JSONToken == "" }

// sameLogin reports whether both are of one login to the Web Services API.
func (c cachedSession) sameLogin(other cachedSession) bool {
	return c.SOAPCookie == other.SOAPCookie && c.JSONToken == other.JSONToken
}

const (
	ownerOnlyFolder = 0o700
	ownerOnlyFile   = 0o600
	forOthers       = 0o077
	largestCacheLog = 64 << 10
)

// openSessionCache makes the folder when it is missing and refuses one that is open to others.
func openSessionCache(folder, endpoint, username string) (sessionCache, error) {
	const field = "session_cache"
	if folder == "" {
		return sessionCache{}, nil
	}
	if home, err := os.UserHomeDir(); err == nil && (folder == "~" || strings.HasPrefix(folder, "~/")) {
		folder = filepath.Join(home, folder[1:])
	}
	if err := os.MkdirAll(folder, ownerOnlyFolder); err != nil {
		return sessionCache{}, httpapi.Invalid(field, "the folder can't be made: %v", err)
	}
	info, err := os.Stat(folder)
	if err != nil {
		return sessionCache{}, httpapi.Invalid(field, "the folder can't be read: %v", err)
	}
	if !info.IsDir() {
		return sessionCache{}, httpapi.Invalid(field, "%s is not a folder", folder)
	}
	if openToOthers(info) {
		return sessionCache{}, httpapi.Invalid(field, "the folder %s is open to other users (mode %04o): it would give them your "+
			"sessions; make it 0700", folder, info.Mode().Perm())
	}
	key := sha256.Sum256([]byte(endpoint + "\x00" + username))

	return sessionCache{file: filepath.Join(folder, hex.EncodeToString(key[:])+".json")}, nil
}

// openToOthers reports whether users other than the owner have access. Windows keeps access lists that the mode does not show.
func openToOthers(info fs.FileInfo) bool {
	return runtime.GOOS != "windows" && info.Mode().Perm()&forOthers != 0
}

func (c sessionCache) enabled() bool { return c.file != "" }

// load returns the kept session, and the zero value where there is none that can be trusted.
func (c sessionCache) load() (cachedSession, error) {
	var kept cachedSession
	if !c.enabled() {
		return kept, nil
	}
	info, err := os.Lstat(c.file)
	if errors.Is(err, fs.ErrNotExist) {
		return kept, nil
	}
	if err != nil {
		return kept, fmt.Errorf("session cache: %w", err)
	}
	if !info.Mode().IsRegular() || openToOthers(info) || info.Size() > largestCacheLog {
		return kept, c.remove()
	}
	text, err := os.ReadFile(c.file)
	if err != nil {
		return kept, fmt.Errorf("session cache: %w", err)
	}
	if json.Unmarshal(text, &kept) != nil {
		return cachedSession{}, c.remove()
	}

	return kept, nil
}

// store replaces the file in one step, so that another process never reads half of it.
func (c sessionCache) store(session cachedSession) error {
	if !c.enabled() {
		return nil
	}
	text, err := json.Marshal(session)
	if err != nil {
		return fmt.Errorf("session cache: %w", err)
	}
	fresh, err := os.CreateTemp(filepath.Dir(c.file), ".session-*") // made with mode 0600
	if err != nil {
		return fmt.Errorf("session cache: %w", err)
	}
	_, err = fresh.Write(text)
	err = errors.Join(err, fresh.Chmod(ownerOnlyFile), fresh.Close())
	if err == nil {
		err = os.Rename(fresh.Name(), c.file)
	}
	if err != nil {
		err = errors.Join(err, os.Remove(fresh.Name()))

		return fmt.Errorf("session cache: %w", err)
	}

	return nil
}

func (c sessionCache) remove() error {
	if err := os.Remove(c.file); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("session cache: %w", err)
	}

	return nil
}

package vcenter

import (
	"slices"
	"strings"
	"sync"
)

const (
	administrator         = "administrator@vsphere.local"
	administratorPassword = "forks-and-clones"
	restrictedUser        = "restricted"
)

// readOnly are the privileges of vCenter's role ReadOnly.
var readOnly = []string{"System.Anonymous", "System.Read", "System.View"}

type user struct {
	password   string
	all        bool
	privileges []string
}

type userStore struct {
	mu    sync.RWMutex
	users map[string]user
}

// AddUser adds a user who has the privileges of role ReadOnly and those that are named, everywhere. An existing user is
// replaced.
func (s *Server) AddUser(name, password string, privileges ...string) {
	s.users.add(name, user{password: password, privileges: slices.Concat(readOnly, privileges)})
}

func (u *userStore) add(name string, added user) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.users == nil {
		u.users = map[string]user{}
	}
	u.users[name] = added
}

func (u *userStore) valid(name, password string) bool {
	found, ok := u.find(name)

	return ok && password != "" && found.password == password
}

// find knows a user by the bare name, by name@vsphere.local and by VSPHERE.LOCAL\name.
func (u *userStore) find(name string) (user, bool) {
	u.mu.RLock()
	defer u.mu.RUnlock()
	if found, ok := u.users[name]; ok {
		return found, true
	}
	if domain, bare, ok := strings.Cut(name, `\`); ok && strings.EqualFold(domain, "vsphere.local") {
		name = bare
	} else if bare, domain, ok := strings.Cut(name, "@"); ok && strings.EqualFold(domain, "vsphere.local") {
		name = bare
	}
	if found, ok := u.users[name]; ok {
		return found, true
	}
	found, ok := u.users[name+"@vsphere.local"]

	return found, ok
}

func (u *userStore) has(name, privilege string) bool {
	found, ok := u.find(name)

	return ok && (found.all || slices.Contains(found.privileges, privilege))
}

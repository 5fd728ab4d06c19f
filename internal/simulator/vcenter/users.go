package vcenter

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/vmware/govmomi/vim25/types"
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
	// revoked are privileges that the user lacks all the same, by the id of the object; under "" everywhere. It is never changed, but replaced.
	revoked map[string][]string
}

// has reports whether the user has the privilege on the object.
func (u user) has(privilege, objectID string) bool {
	if slices.Contains(u.revoked[""], privilege) || slices.Contains(u.revoked[objectID], privilege) {
		return false
	}

	return u.all || slices.Contains(u.privileges, privilege)
}

// userStore holds the users and what each may do. The zero value has none.
type userStore struct {
	mu    sync.RWMutex
	users map[string]user
}

// grant adds a user with the privileges of role ReadOnly and further ones.
func (s *userStore) grant(name, password string, privileges []string) {
	s.add(name, user{password: password, privileges: slices.Concat(readOnly, privileges)})
}

func (s *userStore) add(name string, added user) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.users == nil {
		s.users = map[string]user{}
	}
	s.users[name] = added
}

// revoke takes privileges of a user away on one object, or everywhere where objectID is empty, in place of those that were taken away there.
func (s *userStore) revoke(name, objectID string, privileges []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	changed := s.users[name]
	changed.revoked = maps.Clone(changed.revoked)
	if changed.revoked == nil {
		changed.revoked = map[string][]string{}
	}
	changed.revoked[objectID] = privileges
	s.users[name] = changed
}

func (s *userStore) valid(name, password string) bool {
	found, ok := s.find(name)

	return ok && password != "" && found.password == password
}

// find finds a user by the bare name, by name@vsphere.local and by VSPHERE.LOCAL\name.
func (s *userStore) find(name string) (user, bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if found, ok := s.users[name]; ok {
		return found, true
	}
	if domain, bare, ok := strings.Cut(name, `\`); ok && strings.EqualFold(domain, "vsphere.local") {
		name = bare
	} else if bare, domain, ok := strings.Cut(name, "@"); ok && strings.EqualFold(domain, "vsphere.local") {
		name = bare
	}
	if found, ok := s.users[name]; ok {
		return found, true
	}
	found, ok := s.users[name+"@vsphere.local"]

	return found, ok
}

func (s *userStore) has(name, privilege string, on types.ManagedObjectReference) bool {
	found, ok := s.find(name)

	return ok && found.has(privilege, on.Value)
}

// require refuses a user without a privilege on an object.
func (s *userStore) require(user, privilege string, ref types.ManagedObjectReference) *problem {
	if s.has(user, privilege, ref) {
		return nil
	}

	return &problem{
		fault:     &types.NoPermission{Object: &ref, PrivilegeId: privilege},
		errorType: errorUnauthorized,
		messages: []string{
			"Permission to perform this operation was denied.",
			fmt.Sprintf("Privilege %s is missing on %s:%s.", privilege, ref.Type, ref.Value),
		},
	}
}

// sameUser compares user names as vCenter does: without regard to case.
func sameUser(a, b string) bool { return strings.EqualFold(a, b) }

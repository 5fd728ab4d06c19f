package zstack

import (
	"slices"
	"time"
)

// resource is what everything has that the platform manages.
type resource struct {
	uuid        string
	name        string
	description string
	created     time.Time
	changed     time.Time // the last operation
}

func (r *resource) id() string { return r.uuid }

// identified is a resource, as a store sees it.
type identified interface {
	comparable
	id() string
}

// store holds the resources of one kind, in the order in which they came to be.
type store[T identified] struct {
	all    []T
	byUUID map[string]T
}

func (s *store[T]) add(one T) T {
	if s.byUUID == nil {
		s.byUUID = map[string]T{}
	}
	s.all = append(s.all, one)
	s.byUUID[one.id()] = one

	return one
}

func (s *store[T]) get(uuid string) (T, bool) {
	one, ok := s.byUUID[uuid]

	return one, ok
}

// has reports whether this very resource is still there.
func (s *store[T]) has(one T) bool { return s.byUUID[one.id()] == one }

func (s *store[T]) remove(one T) {
	if !s.has(one) {
		return
	}
	delete(s.byUUID, one.id())
	s.all = slices.DeleteFunc(s.all, func(other T) bool { return other == one })
}

// find returns a resource, or SYS.1003 which names its kind.
func (s *store[T]) find(kind, uuid string) (T, *errorCode) {
	one, ok := s.byUUID[uuid]
	if !ok {
		return one, newError(codeNotFound, "%s[uuid:%s] is not found", kind, uuid)
	}

	return one, nil
}

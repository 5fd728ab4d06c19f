package zstack

import (
	"slices"
	"time"
)

// resource holds the fields that every managed object has.
type resource struct {
	uuid        string
	name        string
	description string
	created     time.Time
	changed     time.Time // the last operation
}

func (r *resource) id() string { return r.uuid }

// rename sets the name and the description; nil keeps the old one.
func (r *resource) rename(name, description *string, now time.Time) {
	if name != nil {
		r.name = *name
	}
	if description != nil {
		r.description = *description
	}
	r.changed = now
}

// identified is a resource, as a table sees it.
type identified interface {
	comparable
	id() string
}

// table holds the resources of one kind, in the order of their creation. The stores are built of tables.
type table[T identified] struct {
	all    []T
	byUUID map[string]T
}

func (t *table[T]) add(one T) T {
	if t.byUUID == nil {
		t.byUUID = map[string]T{}
	}
	t.all = append(t.all, one)
	t.byUUID[one.id()] = one

	return one
}

func (t *table[T]) get(uuid string) (T, bool) {
	one, ok := t.byUUID[uuid]

	return one, ok
}

// has reports whether the table holds this very resource, and not another one with the same uuid.
func (t *table[T]) has(one T) bool { return t.byUUID[one.id()] == one }

func (t *table[T]) remove(one T) {
	if !t.has(one) {
		return
	}
	delete(t.byUUID, one.id())
	t.all = slices.DeleteFunc(t.all, func(other T) bool { return other == one })
}

// find returns a resource, or SYS.1003 with its kind.
func (t *table[T]) find(kind, uuid string) (T, *errorCode) {
	one, ok := t.byUUID[uuid]
	if !ok {
		return one, newError(codeNotFound, "%s[uuid:%s] is not found", kind, uuid)
	}

	return one, nil
}

// findOptional is find for a parameter that may be empty: the result is nil then.
func (t *table[T]) findOptional(kind, uuid string) (T, *errorCode) {
	if uuid == "" {
		var none T

		return none, nil
	}

	return t.find(kind, uuid)
}

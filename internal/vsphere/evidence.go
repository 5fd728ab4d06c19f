package vsphere

import (
	"slices"
	"strings"
	"time"
)

// Candidate is an object that has the name of a lost one, and that nothing proves to be the lost one or another's.
type Candidate struct {
	Origin

	ID   string // of a VM: "vm-42"; of a snapshot: "snapshot-7"
	Name string
}

// verdict says whose an object is that has the name of a lost one.
type verdict int

// The verdicts. The zero value is unproved.
const (
	unproved verdict = iota
	ours             // what was asked for by the lost request
	foreign
)

// sighting is what vCenter tells of a VM that has the name of a lost one.
type sighting struct {
	configured bool      // its configuration can be read
	created    time.Time // config.createDate; zero where vCenter does not tell
	stamp      *Stamp    // nil without
	origin     Origin    // from events; empty where vCenter has forgotten them
	// begun counts the clones of that name that began on the source since the request went out (VmBeingClonedEvent).
	begun int
}

// made returns when the VM was created, zero where that is not known.
func (s sighting) made() time.Time {
	if !s.created.IsZero() || s.origin.Registered {
		return s.created
	}

	return s.origin.CreatedAt
}

// whose judges a VM by what travelled with the request, else by vCenter's history. Name, folder and time alone prove nothing: two
// pipelines of one account can make the same name at the same moment.
func whose(search CloneSearch, seen sighting) verdict {
	if search.RequestUUID != "" {
		return whoseStamped(search, seen)
	}
	made := seen.made()
	switch {
	case seen.stamp != nil && seen.stamp.SourceID == search.SourceID && seen.stamp.Name == search.Name:
		return foreign // the stamp of another request; one that names another source or name is inherited from the source
	case !made.IsZero() && made.Before(since(search.Since)):
		return foreign
	case seen.origin.CreatedAt.IsZero(), seen.origin.Registered:
		return unproved
	case seen.origin.SourceID != search.SourceID: // also of a VM that was created and not cloned
		return foreign
	case differ(seen.origin.User, search.User):
		return foreign
	case search.TaskID != "" && seen.begun == 1:
		return ours // the request became a task, and it is the only one that could have made the VM
	default:
		return unproved
	}
}

// whoseStamped judges a VM by the stamp that the request carried. A clone of a stamped VM has the stamp as well: it was created at
// another time, or from another source.
func whoseStamped(search CloneSearch, seen sighting) verdict {
	made := seen.made()
	switch {
	case !seen.configured:
		return unproved
	case seen.stamp == nil || seen.stamp.RequestUUID != search.RequestUUID:
		return foreign
	case made.IsZero():
		return unproved
	case made.Before(since(search.Since)), !search.Until.IsZero() && made.After(search.Until):
		return foreign
	case seen.origin.SourceID != "" && seen.origin.SourceID != search.SourceID:
		return foreign
	default:
		return ours
	}
}

// snapshotTask is a task that took a snapshot, as vCenter's history tells (TaskEvent).
type snapshotTask struct {
	id   string
	user string
}

// whoseSnapshot judges the only snapshot that has the name of a lost one, by the tasks which took snapshots of the VM since then.
func whoseSnapshot(search SnapshotSearch, history []snapshotTask) verdict {
	possible := 0
	for _, each := range history {
		if !differ(each.user, search.User) {
			possible++
		}
	}
	switch {
	case len(history) == 0:
		return unproved
	case possible == 0:
		return foreign
	case search.TaskID != "" && len(history) == 1:
		return ours // the request became a task, and no other task took a snapshot
	default:
		return unproved
	}
}

// whoseSecondary judges the secondary that a primary has now, by the tasks that were to create one. A task that results in it made it; where
// vCenter does not tell results any more, one of those did that began since the request went out.
func whoseSecondary(search SecondarySearch, secondaryID string, history []secondaryTask) verdict {
	makers := slices.DeleteFunc(slices.Clone(history), func(t secondaryTask) bool { return t.made != secondaryID })
	told := len(makers) > 0
	if !told {
		makers = slices.DeleteFunc(slices.Clone(history), func(t secondaryTask) bool { return t.made != "" })
	}
	makers = slices.DeleteFunc(makers, func(t secondaryTask) bool { return t.queued.Before(since(search.Since)) })
	possible := slices.ContainsFunc(makers, func(t secondaryTask) bool { return !differ(t.user, search.User) })
	switch {
	case len(history) == 0:
		return unproved
	case !possible: // an earlier task made it, or another user's
		return foreign
	case search.TaskID == "":
		return unproved // another request of the same account may have made it
	case len(makers) == 1 && makers[0].id == search.TaskID:
		return ours
	case told:
		return foreign // another task is known to have made it
	default:
		return unproved
	}
}

// since is the earliest time that something can have which was made after the given one: some of vCenter's times are to the second.
func since(began time.Time) time.Time { return began.Truncate(time.Second) }

// differ reports whether two names are known to be those of different users. vCenter writes a user as DOMAIN\name or name@domain, and the
// domain in its short or its long form.
func differ(a, b string) bool {
	if a == "" || b == "" {
		return false
	}
	nameA, domainA := splitUser(a)
	nameB, domainB := splitUser(b)
	if nameA != nameB {
		return true
	}
	short, long := domainA, domainB
	if len(short) > len(long) {
		short, long = long, short
	}

	return short != "" && short != long && !strings.HasPrefix(long, short+".")
}

func splitUser(user string) (name, domain string) {
	user = strings.ToLower(user)
	if domain, name, ok := strings.Cut(user, `\`); ok {
		return name, domain
	}
	name, domain, _ = strings.Cut(user, "@")

	return name, domain
}

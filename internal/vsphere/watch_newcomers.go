package vsphere

import "time"

// newcomers are the watches that no filter covers yet.
type newcomers struct {
	due   []*watch  // those to look at or to cover next, all together
	ready time.Time // when that is
	alone bool      // nobody else waits but newcomers
}

// some reports whether there are any.
func (n newcomers) some() bool { return len(n.due) > 0 }

// newcomers returns who is new, and whether anybody waits at all. Those who are worth looking at within a short time are
// served together.
func (w *watcher) newcomers() (newcomers, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	fresh := newcomers{alone: true}
	together := servedTogether
	var first time.Time
	for awaited := range w.waiting {
		switch due := awaited.due(); {
		case awaited.filtered:
			fresh.alone = false
		case first.IsZero() || due.Before(first):
			first = due
			if together = servedTogether; awaited.worthLooking() {
				together = lookedTogether
			}
		}
	}
	for awaited := range w.waiting {
		due := awaited.due()
		if awaited.filtered || due.After(first.Add(together)) {
			continue
		}
		fresh.due = append(fresh.due, awaited)
		if due.After(fresh.ready) {
			fresh.ready = due
		}
	}

	return fresh, len(w.waiting) > 0
}

// untold reports whether somebody is covered of whom nothing was told yet.
func (w *watcher) untold() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	for awaited := range w.waiting {
		if awaited.filtered && !awaited.told {
			return true
		}
	}

	return false
}

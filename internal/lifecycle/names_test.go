package lifecycle

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/clicommand"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
)

// folder is a place in which each name is one object's.
type folder struct {
	mutex sync.Mutex
	names map[string]string // id by name
	aside int               // how many objects got a temporary name
}

func (f *folder) holder(name, but string) string {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	if id := f.names[name]; id != but {
		return id
	}

	return ""
}

// rename fails as a platform does that has the name already.
func (f *folder) rename(id, name string) error {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	if holder := f.names[name]; holder != "" && holder != id {
		return fmt.Errorf("%s has the name %s", holder, name)
	}
	maps.DeleteFunc(f.names, func(_, each string) bool { return each == id })
	f.names[name] = id

	return nil
}

// wanting is a name of the folder that an object is to get, or a new one where id is empty.
type wanting struct {
	*folder

	id, name string
}

func (w wanting) Holder(context.Context) (string, error) { return w.holder(w.name, w.id), nil }
func (w wanting) Describe(_ context.Context, id string) tfdiag.Existing {
	return tfdiag.Existing{ID: id}
}

func (w wanting) StepAside(_ context.Context, name string) error {
	w.aside++

	return w.rename(w.id, name)
}

func (w wanting) Rename(context.Context) error {
	<-time.After(time.Second) // as long as the task takes

	return w.rename(w.id, w.name)
}

// destroy destroys the object at some time, which takes a minute.
func (f *folder) destroy(names *Names, id string, after time.Duration, failed error) {
	<-time.After(after)
	end := names.Leave(id)
	<-time.After(time.Minute)
	if failed == nil {
		f.mutex.Lock()
		maps.DeleteFunc(f.names, func(_, each string) bool { return each == id })
		f.mutex.Unlock()
	}
	end(failed)
}

// TestNamesAwait waits for an operation that frees the name: it has 20 s to begin, and then all the time that it takes.
func TestNamesAwait(t *testing.T) {
	t.Parallel()
	broken := errors.New("no connection")
	tests := map[string]struct {
		after  time.Duration // when the destroy of the holder begins; negative: it began before
		failed error         // how it ends
		never  bool
		within time.Duration // how long the caller has
		want   string        // the error
		took   time.Duration
	}{
		"the destroy began before":            {after: -30 * time.Second, took: 30 * time.Second},
		"it begins later":                     {after: 19 * time.Second, took: 79 * time.Second},
		"it ended before":                     {after: -2 * time.Minute},
		"it begins too late":                  {after: 21 * time.Second, want: "vm-1 has the name, and no operation that frees it began within 20s", took: 20 * time.Second},
		"nothing begins":                      {never: true, want: "vm-1 has the name, and no operation that frees it began within 20s", took: 20 * time.Second},
		"the destroy fails":                   {after: time.Second, failed: broken, want: "vm-1 has the name, and the operation that was to free it failed: no connection", took: 61 * time.Second},
		"the destroy failed before":           {after: -2 * time.Minute, failed: broken, want: "vm-1 has the name, and the operation that was to free it failed: no connection"},
		"the caller's time ends before":       {after: time.Second, within: 30 * time.Second, want: "it waited until vm-1 gives up the name, and had not begun", took: 30 * time.Second},
		"nothing begins in the caller's time": {never: true, within: 5 * time.Second, want: "it waited until vm-1 gives up the name, and had not begun", took: 5 * time.Second},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				names, place := &Names{Patience: NamePatience}, &folder{names: map[string]string{"web": "vm-1"}}
				if !test.never {
					go place.destroy(names, "vm-1", max(test.after, 0), test.failed)
				}
				<-time.After(max(-test.after, 0))
				synctest.Wait()
				ctx, stop := context.WithTimeout(t.Context(), cmp.Or(test.within, time.Hour))
				defer stop()
				began := time.Now()
				said := ""
				if err := names.Await(ctx, wanting{folder: place, name: "web"}); err != nil {
					said = err.Error()
				}
				if took := time.Since(began); said != test.want || took != test.took {
					t.Errorf("Await ended after %s with %q, want %s and %q", took, said, test.took, test.want)
				}
				<-time.After(time.Hour) // what goes on in the background ends
			})
		})
	}
}

// TestNamesAwaitOtherProcess takes a name that something else has freed meanwhile, which nothing announced.
func TestNamesAwaitOtherProcess(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		names, place := &Names{Patience: NamePatience}, &folder{names: map[string]string{"web": "vm-1"}}
		go func() {
			<-time.After(time.Second)
			_ = place.rename("vm-1", "other")
		}()
		if err := names.Await(t.Context(), wanting{folder: place, name: "web"}); err != nil {
			t.Error(err)
		}
	})
}

// TestNamesRename takes names in chains and circles, whatever begins first: each name ends where it is wanted, and one object of a circle
// goes through a temporary name.
func TestNamesRename(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		has, wants map[string]string // name by id
		aside      int
	}{
		"a free name":    {map[string]string{"a": "1"}, map[string]string{"a": "2"}, 0},
		"a chain":        {map[string]string{"a": "1", "b": "2", "c": "3"}, map[string]string{"a": "2", "b": "3", "c": "4"}, 0},
		"a swap":         {map[string]string{"a": "1", "b": "2"}, map[string]string{"a": "2", "b": "1"}, 1},
		"a circle":       {map[string]string{"a": "1", "b": "2", "c": "3"}, map[string]string{"a": "2", "b": "3", "c": "1"}, 1},
		"two circles":    {map[string]string{"a": "1", "b": "2", "c": "3", "d": "4"}, map[string]string{"a": "2", "b": "1", "c": "4", "d": "3"}, 2},
		"chain and swap": {map[string]string{"a": "1", "b": "2", "c": "3"}, map[string]string{"a": "2", "b": "1", "c": "4"}, 1},
	}
	for name, test := range tests {
		for _, pause := range []time.Duration{0, 500 * time.Millisecond, 3 * time.Second} {
			for _, order := range [][]string{{"a", "b", "c", "d"}, {"d", "c", "b", "a"}, {"b", "d", "a", "c"}} {
				t.Run(fmt.Sprintf("%s %s %v", name, pause, order), func(t *testing.T) {
					t.Parallel()
					synctest.Test(t, func(t *testing.T) {
						names, place := &Names{Patience: NamePatience}, &folder{names: map[string]string{}}
						for id, name := range test.has {
							place.names[name] = id
						}
						for _, id := range order {
							if wanted := test.wants[id]; wanted != "" {
								go func() {
									if err := names.Rename(t.Context(), id, wanting{folder: place, id: id, name: wanted}); err != nil {
										t.Errorf("renaming %s to %s: %v", id, wanted, err)
									}
								}()
								<-time.After(pause)
							}
						}
						<-time.After(time.Minute)
						got := map[string]string{}
						for name, id := range place.names {
							got[id] = name
						}
						if !maps.Equal(got, test.wants) || place.aside != test.aside {
							t.Errorf("the names are %v with %d temporary ones, want %v with %d", got, place.aside, test.wants, test.aside)
						}
					})
				})
			}
		}
	}
}

// TestNamesRenameInterrupted leaves the object with its temporary name, as the state then tells.
func TestNamesRenameInterrupted(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		names, place := &Names{Patience: NamePatience}, &folder{names: map[string]string{"1": "a", "2": "b"}}
		stuck := names.Leave("b")
		defer stuck(nil)
		forget, err := names.wait("b", "a") // b waits for the name of a, and goes on waiting
		if err != nil {
			t.Fatal(err)
		}
		defer forget()
		ctx, stop := context.WithTimeout(t.Context(), time.Minute)
		defer stop()
		err = names.Rename(ctx, "a", wanting{folder: place, id: "a", name: "2"})
		if !errors.Is(err, context.DeadlineExceeded) || place.names["1"] != "" || len(place.names) != 2 {
			t.Errorf("the error is %v, the names are %v", err, place.names)
		}
	})
}

// TestNamesStepAside passes on why an object can't get a temporary name, to what waits for its own name as well.
func TestNamesStepAside(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		names, place := &Names{Patience: NamePatience}, &folder{names: map[string]string{"1": "a", "2": "b"}}
		other := make(chan error, 1)
		go func() { other <- names.Rename(t.Context(), "b", wanting{folder: place, id: "b", name: "1"}) }()
		synctest.Wait()
		refused := errors.New("denied")
		err := names.Rename(t.Context(), "a", stuck{wanting{folder: place, id: "a", name: "2"}, refused})
		taken, isTaken := errors.AsType[*NameTakenError](<-other)
		if !errors.Is(err, refused) || !isTaken || !errors.Is(taken, refused) {
			t.Errorf("the errors are %v and %v, want %v in both", err, taken, refused)
		}
	})
}

// stuck is an object that can't get a temporary name.
type stuck struct {
	wanting

	err error
}

func (s stuck) StepAside(context.Context, string) error { return s.err }

// TestHolderOf waits in a plan until the CLI tells of the object, as long as it has room to do so.
func TestHolderOf(t *testing.T) {
	t.Parallel()
	planning := clicommand.Command{Name: "plan"}
	oneByOne := clicommand.Command{Name: "plan", Parallelism: 1}
	tests := map[string]struct {
		command   clicommand.Command
		refreshed bool
		renames   bool
		told      time.Duration // when the CLI tells of the object; negative: never
		want      Holder
		took      time.Duration
	}{
		"told before":                         {command: planning, want: HolderManaged},
		"told at the same time":               {command: planning, told: time.Second, want: HolderManaged, took: time.Second},
		"never told":                          {command: planning, told: -1, want: HolderForeign, took: 5 * time.Second},
		"no room to be told":                  {command: oneByOne, told: time.Second, want: HolderUnknown},
		"a plan of apply":                     {refreshed: true, told: time.Second, want: HolderManaged, took: time.Second},
		"an apply":                            {told: time.Second, want: HolderManaged, took: time.Second},
		"a rename that is planned":            {command: planning, renames: true, told: -1, want: HolderForeign, took: 5 * time.Second},
		"a rename that is applied":            {renames: true, told: -1, want: HolderManaged},
		"a rename that is planned one by one": {command: oneByOne, renames: true, told: -1, want: HolderUnknown},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				shared := NewShared(nil).In(&Process{Command: test.command}, OverrideNone)
				shared.Names.Patience = NamePatience
				if test.refreshed {
					shared.Registry.Refreshed()
				}
				tell := func() { shared.Registry.Note("vmfork_vsphere_clone", []byte(`{"id": "vm-1", "name": "web"}`)) }
				switch {
				case test.told == 0:
					tell()
				case test.told > 0:
					time.AfterFunc(test.told, tell)
				}
				began := time.Now()
				got := shared.HolderOf(t.Context(), "vm-1", !test.renames)
				if took := time.Since(began); got != test.want || took != test.took {
					t.Errorf("%d after %s, want %d after %s", got, took, test.want, test.took)
				}
				<-time.After(time.Minute)
			})
		})
	}
}

// TestHolderOfMany lets the last one go on that the CLI has room for: those that wait are told of the objects that it plans then.
func TestHolderOfMany(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		shared := NewShared(nil).In(&Process{Command: clicommand.Command{Name: "plan", Parallelism: 3}}, OverrideNone)
		shared.Names.Patience = NamePatience
		found := make(chan Holder, 3)
		for i := range 3 {
			go func() { found <- shared.HolderOf(t.Context(), fmt.Sprintf("vm-%d", i), true) }()
			synctest.Wait()
		}
		if got := <-found; got != HolderUnknown || len(found) != 0 {
			t.Errorf("the third one is %d, and %d others do not wait", got, len(found))
		}
		for i := range 2 {
			shared.Registry.Note("vmfork_vsphere_clone", fmt.Appendf(nil, `{"id": "vm-%d"}`, i))
			if got := <-found; got != HolderManaged {
				t.Errorf("vm-%d is %d", i, got)
			}
		}
		ended, stop := context.WithCancel(t.Context())
		stop()
		if shared.HolderOf(ended, "vm-9", true) != HolderForeign {
			t.Error("an interrupted plan waits")
		}
	})
}

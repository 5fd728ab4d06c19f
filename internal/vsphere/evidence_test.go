package vsphere

import (
	"testing"
	"time"
)

func TestWhose(t *testing.T) {
	t.Parallel()
	began := time.Date(2026, 11, 30, 12, 0, 0, 900_000_000, time.UTC)
	at := began.Add
	const us, request = `VSPHERE.LOCAL\ci`, "request-1"
	origin := func(user, source string) Origin {
		return Origin{User: user, CreatedAt: at(time.Minute), SourceID: source}
	}
	registered := Origin{User: `VSPHERE.LOCAL\ops`, CreatedAt: at(2 * time.Hour), Registered: true}
	stamp := func(request string) *Stamp {
		return &Stamp{RequestUUID: request, SourceID: "vm-1", Name: "web", At: began}
	}
	bare := CloneSearch{SourceID: "vm-1", Name: "web", Since: began, Until: at(time.Hour), User: us}
	known, stamped := bare, bare
	known.TaskID, stamped.RequestUUID = "task-1", request
	for _, test := range []struct {
		name   string
		search CloneSearch
		seen   sighting
		want   verdict
	}{
		{"our stamp", stamped, sighting{configured: true, created: at(time.Minute), stamp: stamp(request)}, ours},
		{"our stamp, to the second", stamped, sighting{configured: true, created: began.Truncate(time.Second), stamp: stamp(request)}, ours},
		{"our stamp, by its event", stamped, sighting{configured: true, stamp: stamp(request), origin: origin(us, "vm-1")}, ours},
		{"our stamp, no time", stamped, sighting{configured: true, stamp: stamp(request)}, unproved},
		{"our stamp, too late: a copy's", stamped, sighting{configured: true, created: at(2 * time.Hour), stamp: stamp(request)}, foreign},
		{"our stamp, too early", stamped, sighting{configured: true, created: at(-2 * time.Second), stamp: stamp(request)}, foreign},
		{
			"our stamp, another source: a copy's", stamped,
			sighting{configured: true, created: at(time.Minute), stamp: stamp(request), origin: origin(us, "vm-9")},
			foreign,
		},
		{"another stamp", stamped, sighting{configured: true, created: at(time.Minute), stamp: stamp("request-2")}, foreign},
		{"no stamp", stamped, sighting{configured: true, created: at(time.Minute), origin: origin(us, "vm-1")}, foreign},
		{"no configuration", stamped, sighting{origin: origin(us, "vm-1")}, unproved},

		{"known task, one clone", known, sighting{configured: true, created: at(time.Minute), origin: origin(us, "vm-1"), begun: 1}, ours},
		{
			"known task, the user spelled otherwise", known,
			sighting{configured: true, created: at(time.Minute), origin: origin("ci@vsphere.local", "vm-1"), begun: 1},
			ours,
		},
		{"known task, two clones", known, sighting{configured: true, created: at(time.Minute), origin: origin(us, "vm-1"), begun: 2}, unproved},
		{"known task, no history", known, sighting{configured: true, created: at(time.Minute)}, unproved},
		{"known task, its beginning forgotten", known, sighting{configured: true, created: at(time.Minute), origin: origin(us, "vm-1")}, unproved},
		{"lost answer, the same account", bare, sighting{configured: true, created: at(time.Minute), origin: origin(us, "vm-1"), begun: 1}, unproved},
		{"lost answer, another user", bare, sighting{configured: true, created: at(time.Minute), origin: origin(`VSPHERE.LOCAL\ops`, "vm-1")}, foreign},
		{"lost answer, another source", bare, sighting{configured: true, created: at(time.Minute), origin: origin(us, "vm-2")}, foreign},
		{"lost answer, created and not cloned", bare, sighting{configured: true, created: at(time.Minute), origin: origin(us, "")}, foreign},
		{"lost answer, made before", bare, sighting{configured: true, created: at(-2 * time.Second)}, foreign},
		{
			"lost answer, another request's stamp", bare,
			sighting{configured: true, created: at(time.Minute), stamp: stamp("request-2"), origin: origin(us, "vm-1")},
			foreign,
		},
		{"known task, a stamp that the source had", known, sighting{
			configured: true, created: at(time.Minute), origin: origin(us, "vm-1"), begun: 1,
			stamp: &Stamp{RequestUUID: "request-0", SourceID: "vm-0", Name: "golden"},
		}, ours},
		{"lost answer, no configuration, no history", bare, sighting{}, unproved},
		{"our stamp, registered again", stamped, sighting{configured: true, created: at(time.Minute), stamp: stamp(request), origin: registered}, ours},
		{"our stamp, registered again, no time", stamped, sighting{configured: true, stamp: stamp(request), origin: registered}, unproved},
		{"known task, registered again", known, sighting{configured: true, created: at(time.Minute), origin: registered}, unproved},
		{"known task, made before and registered", known, sighting{configured: true, created: at(-time.Hour), origin: registered}, foreign},
	} {
		if got := whose(test.search, test.seen); got != test.want {
			t.Errorf("%s: %v, want %v", test.name, got, test.want)
		}
	}
}

func TestWhoseSnapshot(t *testing.T) {
	t.Parallel()
	const us, backup = "ci@vsphere.local", `VSPHERE.LOCAL\backup`
	for _, test := range []struct {
		name    string
		taskID  string
		history []snapshotTask
		want    verdict
	}{
		{"no history", "task-1", nil, unproved},
		{"known task, the only one", "task-1", []snapshotTask{{"task-1", us}}, ours},
		{"known task, and the backup's", "task-1", []snapshotTask{{"task-1", us}, {"task-2", backup}}, unproved},
		{"lost answer, the backup's", "", []snapshotTask{{"task-2", backup}}, foreign},
		{"lost answer, the same account", "", []snapshotTask{{"task-2", us}}, unproved},
	} {
		search := SnapshotSearch{Name: "before", TaskID: test.taskID, User: us}
		if got := whoseSnapshot(search, test.history); got != test.want {
			t.Errorf("%s: %v, want %v", test.name, got, test.want)
		}
	}
}

func TestWhoseSecondary(t *testing.T) {
	t.Parallel()
	const us, backup, made = "ci@vsphere.local", `VSPHERE.LOCAL\backup`, "vm-9"
	began := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	before, after := began.Add(-time.Hour), began.Add(time.Second)
	for _, test := range []struct {
		name    string
		taskID  string
		history []secondaryTask
		want    verdict
	}{
		{"no history", "task-1", nil, unproved},
		{"lost answer, no history", "", nil, unproved},
		{"known task, which tells", "task-1", []secondaryTask{{"task-1", us, after, made}}, ours},
		{"known task, which tells, and an earlier one", "task-1", []secondaryTask{{"task-0", us, before, ""}, {"task-1", us, after, made}}, ours},
		{"known task, the only one since", "task-1", []secondaryTask{{"task-0", us, before, ""}, {"task-1", us, after, ""}}, ours},
		{"known task, and one more", "task-1", []secondaryTask{{"task-1", us, after, ""}, {"task-2", us, after, ""}}, unproved},
		{"known task, and one that made another", "task-1", []secondaryTask{{"task-1", us, after, ""}, {"task-2", us, after, "vm-8"}}, ours},
		{"known task, another one tells", "task-1", []secondaryTask{{"task-1", us, after, ""}, {"task-2", us, after, made}}, foreign},
		{"lost answer, another user's", "", []secondaryTask{{"task-2", backup, after, made}}, foreign},
		{"lost answer, another user's, which is forgotten", "", []secondaryTask{{"task-2", backup, after, ""}}, foreign},
		{"lost answer, an earlier one", "", []secondaryTask{{"task-0", us, before, made}}, foreign},
		{"lost answer, another user tells and ours does not", "", []secondaryTask{{"task-1", us, after, ""}, {"task-2", backup, after, made}}, foreign},
		{"lost answer, the same account", "", []secondaryTask{{"task-2", us, after, made}}, unproved},
	} {
		search := SecondarySearch{PrimaryID: "vm-1", TaskID: test.taskID, User: us, Since: began}
		if got := whoseSecondary(search, made, test.history); got != test.want {
			t.Errorf("%s: %v, want %v", test.name, got, test.want)
		}
	}
}

func TestDiffer(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		a, b string
		want bool
	}{
		{`VSPHERE.LOCAL\ci`, "ci@vsphere.local", false},
		{`CORP\ci`, "ci@corp.example.com", false},
		{"ci", `CORP\ci`, false},
		{"", "ci", false},
		{"ci", "ops", true},
		{`CORP\ci`, `VSPHERE.LOCAL\ci`, true},
		{"CI", "ci", false},
	} {
		if got := differ(test.a, test.b); got != test.want {
			t.Errorf("differ(%q, %q) is %t", test.a, test.b, got)
		}
	}
}

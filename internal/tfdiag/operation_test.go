package tfdiag_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/task"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
)

// cloning is the operation that most cases fail in.
func cloning() tfdiag.Operation {
	return tfdiag.Operation{
		Action:           `clone VM "web-1" from vm-42`,
		NameAttribute:    path.Root("name"),
		TimeoutAttribute: path.Root("timeouts").AtName("create"),
		Attributes: map[string]path.Path{
			"vm-42":        path.Root("source_vm_id"),
			"group-v3":     path.Root("placement").AtName("folder_id"),
			"datastore-12": path.Root("placement").AtName("datastore_id"),
			"2000":         path.Root("disks_to_remove"),
		},
	}
}

// rest is an error of the clone call.
func rest(kind apierr.Kind, code string, messages ...string) *apierr.Error {
	return &apierr.Error{
		Kind: kind, Op: "POST /api/vcenter/vm?action=clone", Object: "vm-42", Code: code, Messages: messages,
	}
}

// TestFromErrorByKind has one case for every kind.
func TestFromErrorByKind(t *testing.T) {
	t.Parallel()
	codes := map[apierr.Kind]string{
		apierr.Internal: "INTERNAL_SERVER_ERROR", apierr.NotFound: "NOT_FOUND", apierr.AlreadyExists: "ALREADY_EXISTS",
		apierr.InvalidArgument: "INVALID_ARGUMENT", apierr.InvalidState: "NOT_ALLOWED_IN_CURRENT_STATE",
		apierr.Busy: "RESOURCE_BUSY", apierr.Insufficient: "UNABLE_TO_ALLOCATE_RESOURCE", apierr.Denied: "UNAUTHORIZED",
		apierr.Unauthenticated: "UNAUTHENTICATED", apierr.Unsupported: "UNSUPPORTED", apierr.Unavailable: "SERVICE_UNAVAILABLE",
		apierr.Cancelled: "CANCELED", apierr.TimedOut: "TIMED_OUT", apierr.InUse: "RESOURCE_IN_USE",
	}
	cases := make([]named, 0, len(codes))
	advices := map[string]apierr.Kind{}
	for _, kind := range apierr.Kinds() {
		code, ok := codes[kind]
		if !ok {
			t.Errorf("%s has no case", kind)
		}
		cases = append(cases, named{kind.String(), tfdiag.FromError(cloning(), rest(kind, code, "What vCenter said", "Why"))})

		bare := tfdiag.FromError(tfdiag.Operation{Action: "do it"}, &apierr.Error{Kind: kind, Code: "X"}).Detail()
		if other, ok := advices[bare]; ok {
			t.Errorf("%s and %s give the same advice", kind, other)
		}
		advices[bare] = kind
	}
	checkGolden(t, cases)
}

// TestFromErrorByCode has the codes that need more than their kind's advice.
func TestFromErrorByCode(t *testing.T) {
	t.Parallel()
	cases := make([]named, 0, 16)
	for _, failure := range []*apierr.Error{
		{Kind: apierr.InvalidArgument, Code: "InvalidName", Op: "Rename_Task", Object: "vm-7", Messages: []string{"The name '' is invalid"}},
		{Kind: apierr.InvalidState, Code: "ToolsUnavailable", Op: "ShutdownGuest", Object: "vm-7", Messages: []string{"Cannot complete operation because VMware Tools is not running"}},
		{Kind: apierr.InvalidState, Code: "InvalidPowerState", Op: "PowerOnVM_Task", Object: "vm-7", TaskID: "task-9", Messages: []string{"The attempted operation cannot be performed in the current state (Powered on)"}},
		{Kind: apierr.InvalidState, Code: "ALREADY_IN_DESIRED_STATE"},
		{Kind: apierr.Insufficient, Code: "NoDiskSpace", Messages: []string{"There is not enough space on the file system"}},
		{Kind: apierr.Insufficient, Code: "NotEnoughLicenses"},
		{Kind: apierr.InvalidState, Code: "FilesystemQuiesceFault", Messages: []string{"An error occurred while quiescing the virtual machine"}},
		{Kind: apierr.InvalidState, Code: "ApplicationQuiesceFault"},
		{Kind: apierr.Insufficient, Code: "TooManySnapshotLevels"},
		{Kind: apierr.Unsupported, Code: "MultipleSnapshotsNotSupported"},
		{Kind: apierr.Unavailable, Code: "UNVERIFIED_PEER"},
		{Kind: apierr.TimedOut, Code: task.CodeDeadlineExceeded, TaskID: "task-9", Messages: []string{"task task-9 had not ended after 30m0s, 60 % done"}},
		{Kind: apierr.Internal, Code: task.CodeTaskUnknown, TaskID: "task-9", Messages: []string{"the platform does not know task task-9"}},
		{Kind: apierr.Unauthenticated, Code: apierr.CodeUntrustedCertificate, Object: "vc.example.com:443", Thumbprint: "AA:BB:CC", Messages: []string{"x509: certificate signed by unknown authority"}},
		{Kind: apierr.Unauthenticated, Code: apierr.CodeUntrustedCertificate},
		{Kind: apierr.Unauthenticated, Code: apierr.CodeCertificateExpired, Object: "vc.example.com:443", Thumbprint: "AA:BB:CC", Messages: []string{"x509: certificate has expired"}},
		{Kind: apierr.Unauthenticated, Code: apierr.CodeCertificateName, Object: "vc.example.com:443", Thumbprint: "AA:BB:CC", Arguments: []string{"vc2.example.com", "192.0.2.1"}, Messages: []string{"x509: certificate is valid for vc2.example.com"}},
		{Kind: apierr.Unsupported, Code: apierr.CodePlainHTTP, Object: "vc.example.com:80"},
		{Kind: apierr.Unsupported, Code: apierr.CodeSpeaksTLS, Object: "vc.example.com:443"},
		{Kind: apierr.Unauthenticated, Code: apierr.CodeThumbprintMismatch, Object: "vc.example.com:443", Thumbprint: "AA:BB:CC"},
		{Kind: apierr.Unavailable, Code: apierr.CodeUnreachable, Object: "vc.example.com:443", Messages: []string{"dial tcp: lookup vc.example.com: no such host"}},
		{Kind: apierr.Unsupported, Code: apierr.CodeNotVCenter, Object: "esx.example.com:443", Messages: []string{"VMware ESXi 8.0.2 answered"}},
		{Kind: apierr.Unauthenticated, Code: apierr.CodeInvalidLogin, Op: "Login", Object: "vc.example.com:443", Messages: []string{"Cannot complete login due to an incorrect user name or password"}},
		{Kind: apierr.Unsupported, Code: "MemorySnapshotOnIndependentDisk"},
		{Kind: apierr.InvalidArgument, Code: "NicSettingMismatch", Op: "CloneVM_Task", Object: "vm-42", Arguments: []string{"1", "2"}},
		{Kind: apierr.AlreadyExists, Code: "DuplicateName", Op: "CloneVM_Task", Object: "vm-42", Arguments: []string{"web-1", "vm-42"}},
		{Kind: apierr.TimedOut, Code: apierr.CodeNoSlot, Arguments: []string{"4"}},
		{Kind: apierr.Cancelled, Code: apierr.CodeNoSlot, Arguments: []string{"4"}},
		{Kind: apierr.InvalidState, Code: apierr.CodeVMState, Object: "vm-42", Arguments: []string{apierr.StateTemplate}},
		{Kind: apierr.InvalidState, Code: apierr.CodeVMState, Object: "vm-42", Arguments: []string{"orphaned"}},
		{Kind: apierr.TimedOut, Code: apierr.CodeNoGuestAddress, Object: "vm-7"},
		{Kind: apierr.InvalidState, Code: apierr.CodeNoGuestAddress, Object: "vm-7"},
		{Kind: apierr.NotFound, Code: apierr.CodeNoGuestAddress, Object: "vm-7"},
		{Kind: apierr.Unavailable, Code: apierr.CodeConnectionLost, Op: "RetrievePropertiesEx", Messages: []string{"unexpected EOF"}},
		{Kind: apierr.TimedOut, Code: apierr.CodeNoAnswer, Op: "RetrievePropertiesEx"},
		{Kind: apierr.Cancelled, Code: apierr.CodeInterrupted, Op: "RetrievePropertiesEx"},
		{Kind: apierr.TimedOut, Code: apierr.CodeInterrupted, Op: "RetrievePropertiesEx"},
		{Kind: apierr.Internal, Code: apierr.CodeMalformedAnswer, Op: "RetrievePropertiesEx", Messages: []string{"unexpected EOF"}},
	} {
		cases = append(cases, named{failure.Code, tfdiag.FromError(cloning(), failure)})
	}
	checkGolden(t, cases)
}

// TestFromErrorByZStackCode has every code of ZStack that the provider knows, and one of no family that it knows.
func TestFromErrorByZStackCode(t *testing.T) {
	t.Parallel()
	kinds := []struct {
		kind  apierr.Kind
		codes []string
	}{
		{apierr.Internal, []string{"SYS.1000", "SYS.1006", "VM.1000", "VM.1001", "VM.1002", "VM.1003", "VM.1004", "VM.1005", "VOLUME.1000"}},
		{apierr.TimedOut, []string{"SYS.1001"}},
		{apierr.NotFound, []string{"SYS.1003", "HTTP 404"}},
		{apierr.InvalidArgument, []string{"SYS.1007", "HTTP 400", "HTTP 405"}},
		{apierr.Unavailable, []string{"SYS.1009", "SYS.1010", "SYS.1011", "SYS.1012", "HTTP 502"}},
		{apierr.Unauthenticated, []string{"ID.1000", "ID.1001"}},
		{apierr.Denied, []string{"ID.1002", "HTTP 403"}},
		{apierr.Insufficient, []string{
			"ID.1003", "QUOTA.1001", "HOST_ALLOCATION.1000", "PS.1000", "PRIMARY_STORAGE_ALLOCATION.1000", "L3.1000",
		}},
		{apierr.Unavailable, []string{"HOST.1001"}},
		{apierr.Busy, []string{"ID.1006", "VM.1010"}},
		{apierr.Internal, []string{"NOBODY.1000"}},
	}
	op := tfdiag.Operation{
		Action: `clone VM "web-1" from golden`, Platform: tfdiag.ZStack,
		TimeoutAttribute: path.Root("timeouts").AtName("create"),
	}
	var cases []named
	for _, group := range kinds {
		for _, code := range group.codes {
			cases = append(cases, named{code, tfdiag.FromError(op, &apierr.Error{
				Kind: group.kind, Op: "CloneVmInstance", Object: "20debd9bc9594d70b1ec81d7d31b29cc", Code: code, TaskID: "5c8d",
				Messages: []string{"What ZStack said", "Why"}, AnswerLost: code == "SYS.1001",
			})})
		}
	}
	cases = append(cases, named{"SYS.1001 of a read", tfdiag.FromError(op, &apierr.Error{
		Kind: apierr.TimedOut, Op: "QueryVmInstance", Code: "SYS.1001", Messages: []string{"What ZStack said"},
	})})
	for _, failure := range []*apierr.Error{
		{Kind: apierr.TimedOut, Code: task.CodeDeadlineExceeded, TaskID: "5c8d", Messages: []string{"job 5c8d had not ended after 30m0s"}},
		{Kind: apierr.Internal, Code: task.CodeTaskUnknown, TaskID: "5c8d", Messages: []string{"the platform does not know job 5c8d"}},
		{Kind: apierr.Unauthenticated, Code: apierr.CodeUntrustedCertificate, Object: "mn.example.com:443", Thumbprint: "AA:BB:CC"},
		{Kind: apierr.Unauthenticated, Code: apierr.CodeCertificateExpired, Object: "mn.example.com:443", Thumbprint: "AA:BB:CC"},
		{Kind: apierr.Unauthenticated, Code: apierr.CodeCertificateName, Object: "mn.example.com:443", Thumbprint: "AA:BB:CC"},
		{Kind: apierr.Unsupported, Code: apierr.CodePlainHTTP, Object: "mn.example.com:8080"},
		{Kind: apierr.Unsupported, Code: apierr.CodeSpeaksTLS, Object: "mn.example.com:443"},
		{Kind: apierr.Unavailable, Code: apierr.CodeUnreachable, Object: "mn.example.com:443", Messages: []string{"connection refused"}},
		{Kind: apierr.Unsupported, Code: apierr.CodeNotZStack, Object: "mn.example.com:443", Messages: []string{"invalid character '<'"}},
		{Kind: apierr.Unauthenticated, Code: apierr.CodeAccessKeyRefused, Object: "mn.example.com:443", Messages: []string{"the signature is wrong"}},
		{Kind: apierr.Unauthenticated, Code: apierr.CodeClockSkew, Object: "mn.example.com:443", Messages: []string{"the date is too far away"}},
		{Kind: apierr.Unavailable, Code: apierr.CodeConnectionLost, Op: "QueryVmInstance", Messages: []string{"unexpected EOF"}},
		{Kind: apierr.TimedOut, Code: apierr.CodeNoAnswer, Op: "QueryVmInstance"},
		{Kind: apierr.Internal, Code: apierr.CodeMalformedAnswer, Op: "QueryVmInstance", Messages: []string{"unexpected EOF"}},
	} {
		cases = append(cases, named{failure.Code, tfdiag.FromError(op, failure)})
	}
	unfinished := (&apierr.Error{Kind: apierr.Unavailable, Code: "HTTP 502", TaskID: "5c8d"}).Wrap(task.ErrUnfinished)
	unnamed := (&apierr.Error{Kind: apierr.Unavailable, Code: "HTTP 502"}).Wrap(task.ErrUnfinished)
	cases = append(cases, named{"job's end not seen", tfdiag.FromError(op, unfinished)},
		named{"job's end not seen, job not named", tfdiag.FromError(op, unnamed)})
	checkGolden(t, cases)
}

// TestFromErrorShapes has the errors that are built unlike others.
func TestFromErrorShapes(t *testing.T) {
	t.Parallel()
	denied := rest(apierr.Denied, "UNAUTHORIZED", "Unable to authorize user")
	denied.MissingPrivileges = []apierr.MissingPrivilege{
		{Privilege: "VirtualMachine.Inventory.CreateFromExisting", Object: "group-v9"},
		{Privilege: "Datastore.AllocateSpace", Object: "datastore-12"},
		{Privilege: "Datastore.AllocateSpace", Object: "datastore-12"},
	}
	invalid := rest(apierr.InvalidArgument, "InvalidArgument", "A specified parameter was not correct")
	invalid.Arguments = []string{"spec.location.host", "host-9"}
	one := rest(apierr.Denied, "NoPermission")
	one.MissingPrivileges = denied.MissingPrivileges[:1]
	lost := (&apierr.Error{Kind: apierr.Unavailable, Op: "Destroy_Task", Object: "vm-7", AnswerLost: true}).Wrap(errors.New("unexpected EOF"))
	unbounded := cloning()
	unbounded.TimeoutAttribute = path.Empty()
	unfinished := (&apierr.Error{Kind: apierr.Unavailable, Code: "HTTP 503", TaskID: "task-9"}).Wrap(task.ErrUnfinished)
	unnamed := (&apierr.Error{Kind: apierr.Unavailable, Code: "HTTP 503"}).Wrap(task.ErrUnfinished)

	checkGolden(t, []named{
		{"missing privileges", tfdiag.FromError(cloning(), denied)},
		{"one missing privilege", tfdiag.FromError(cloning(), one)},
		{"arguments", tfdiag.FromError(cloning(), invalid)},
		{"answer lost", tfdiag.FromError(cloning(), lost)},
		{"task's end not seen", tfdiag.FromError(cloning(), unfinished)},
		{"task's end not seen, task not named", tfdiag.FromError(cloning(), unnamed)},
		{"wrapped", tfdiag.FromError(cloning(), fmt.Errorf("diagnosing: %w", rest(apierr.Busy, "RESOURCE_BUSY", "Busy.")))},
		{"no code", tfdiag.FromError(cloning(), &apierr.Error{Kind: apierr.Unavailable})},
		{"another type", tfdiag.FromError(cloning(), errors.New("odd"))},
		{"interrupted", tfdiag.FromError(cloning(), fmt.Errorf("waiting for task task-9: %w", context.Canceled))},
		{"out of time", tfdiag.FromError(cloning(), fmt.Errorf("reading vm-42: %w", context.DeadlineExceeded))},
		{"out of time without a bound", tfdiag.FromError(unbounded, context.DeadlineExceeded)},
	})
}

// TestFromErrorFindsTheAttribute decides by what the error names.
func TestFromErrorFindsTheAttribute(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		give *apierr.Error
		want path.Path
	}{
		"the first argument that is known": {
			&apierr.Error{Object: "vm-42", Arguments: []string{"com.vmware.x", "datastore-12", "group-v3"}},
			path.Root("placement").AtName("datastore_id"),
		},
		"the object":      {&apierr.Error{Object: "vm-42"}, path.Root("source_vm_id")},
		"nothing known":   {&apierr.Error{Object: "vm-1", Arguments: []string{"host-9"}}, path.Empty()},
		"a taken name":    {&apierr.Error{Kind: apierr.AlreadyExists, Object: "vm-42"}, path.Root("name")},
		"a name's fault":  {&apierr.Error{Kind: apierr.InvalidArgument, Code: "InvalidName", Object: "vm-42"}, path.Root("name")},
		"a disk":          {&apierr.Error{Kind: apierr.InvalidArgument, Arguments: []string{"2000"}}, path.Root("disks_to_remove")},
		"a missing right": {&apierr.Error{MissingPrivileges: []apierr.MissingPrivilege{{Privilege: "A.B", Object: "group-v3"}}, Object: "vm-42"}, path.Root("placement").AtName("folder_id")},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := path.Empty()
			if d, ok := tfdiag.FromError(cloning(), test.give).(interface{ Path() path.Path }); ok {
				got = d.Path()
			}
			if !got.Equal(test.want) {
				t.Errorf("it sits on %q, want %q", got, test.want)
			}
		})
	}
	withoutName := cloning()
	withoutName.NameAttribute = path.Empty()
	if d, ok := tfdiag.FromError(withoutName, rest(apierr.AlreadyExists, "X")).(interface{ Path() path.Path }); !ok ||
		!d.Path().Equal(path.Root("source_vm_id")) {
		t.Error("an operation without a name attribute does not fall back on the object")
	}
}

// TestTimedOutWait has the text of a wait for a task that never ends.
func TestTimedOutWait(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeoutCause(t.Context(), time.Hour, errors.New("spent"))
		defer cancel()
		_, err := task.Wait(ctx, endless{})
		d := tfdiag.FromError(cloning(), err)
		const want = "Task task-9 had not ended after 1h0m0s.\n\n" +
			"Give it more time in timeouts.create, or find out what holds it up on the platform.\n\n" +
			"Task task-9 goes on and may still succeed.\n\nDetails: task task-9."
		if d.Detail() != want {
			t.Errorf("got\n%s\nwant\n%s", d.Detail(), want)
		}
	})
}

// endless is a task that never ends.
type endless struct{}

func (endless) ID() string                   { return "task-9" }
func (endless) Cancel(context.Context) error { return nil }
func (endless) Next(ctx context.Context) (task.Update[string], error) {
	<-ctx.Done()

	return task.Update[string]{}, ctx.Err()
}

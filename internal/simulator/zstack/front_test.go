package zstack_test

import (
	"net/http"
	"os/exec"
	"strings"
	"testing"

	zstacksim "github.com/vmfork/terraform-provider-vmfork/internal/simulator/zstack"
)

// names returns the names in the result of a query.
func names(t *testing.T, got reply) []string {
	t.Helper()
	got.wantStatus(t, http.StatusOK)
	var body struct {
		Inventories []struct{ Name string }
	}
	got.decode(t, &body)
	found := []string{}
	for _, inventory := range body.Inventories {
		found = append(found, inventory.Name)
	}

	return found
}

func TestFrontPaths(t *testing.T) {
	t.Parallel()
	server := startFront(t, zstacksim.Options{})
	c := logIn(t, server)
	zone := server.ID("zone", "zone-1")
	for _, path := range []string{
		"/v1/zones", "/v1//zones", "//v1/zones", "/v1/zones/" + zone, "/v1/zones//" + zone, "/v1//zones//" + zone,
		"/v1/zones/" + zone + "?q=name=nonsense", "/v1/zones?unknown=1",
	} {
		if got := names(t, c.do(http.MethodGet, path, nil)); len(got) != 1 || got[0] != "zone-1" {
			t.Errorf("GET %s: %v", path, got)
		}
	}
	// An unknown uuid is no error.
	c.do(http.MethodGet, "/v1/vm-instances/"+strings.Repeat("0", 32), nil).wantText(t, http.StatusOK, `{"inventories":[]}`)
}

func TestFrontRefusals(t *testing.T) {
	t.Parallel()
	server := startFront(t, zstacksim.Options{})
	c := logIn(t, server)
	golden := "/v1/vm-instances/" + server.ID("vm", "golden")
	stop := object{"stopVmInstance": object{}}
	for name, test := range map[string]struct {
		method, path string
		body         any
		header       string
		status       int
		text         string
	}{
		"path":         {http.MethodGet, "/v1/nonsense", nil, "", 404, "no api mapping to /v1/nonsense"},
		"slash at end": {http.MethodGet, "/v1/zones/", nil, "", 404, "no api mapping to /v1/zones/"},
		"method":       {http.MethodPatch, "/v1/zones", nil, "", 405, "The method[PATCH] is not allowed for the path[/v1/zones]"},
		"method of a job": {
			http.MethodDelete, "/v1/api-jobs/" + strings.Repeat("0", 32), nil, "", 405,
			"only GET method is allowed for querying job status",
		},
		"action": {
			http.MethodPut, golden + "/actions",
			object{"explodeVmInstance": object{}},
			"", 400,
			"the body doesn't contain action mapping to the URL[" + golden + "/actions]",
		},
		"no body": {http.MethodPut, golden + "/actions", nil, "", 400, "the body doesn't contain action mapping to the URL[" + golden + "/actions]"},
		"job uuid, dashes": {
			http.MethodPut, golden + "/actions", stop, "X-Job-UUID: 20debd9b-c959-4d70-b1ec-81d7d31b29cc", 400,
			"Invalid header[X-Job-UUID], it must be a UUID with '-' stripped",
		},
		"job uuid, letters": {
			http.MethodPut, golden + "/actions", stop, "X-Job-UUID: " + strings.Repeat("g", 32), 400,
			"Invalid header[X-Job-UUID], it must be a UUID with '-' stripped",
		},
		"timeout": {http.MethodPut, golden + "/actions", stop, "X-API-Timeout: soon", 400, "Invalid header[X-API-Timeout], timeout is requested"},
		"tags": {
			http.MethodPut, golden + "/actions",
			object{"stopVmInstance": object{}, "systemTags": "a"},
			"", 400,
			"systemTags is not a list of texts",
		},
		"scheme": {http.MethodGet, "/v1/zones", nil, "Authorization: Basic YTpi", 400, "Authorization type must be 'OAuth'"},
		"limit":  {http.MethodGet, "/v1/zones?limit=x", nil, "", 400, "Invalid query parameter. 'limit' must be an integer"},
		"condition": {
			http.MethodGet, "/v1/zones?q=name", nil, "", 400, "Invalid query parameter. The 'name' in the parameter[q] doesn't contain any" +
				" query operator. Valid query operators are [!= >= <= !?= !~= ~= ?= = > < is null not null]",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			headers := []string{}
			if test.header != "" {
				headers = append(headers, test.header)
			}
			got := c.do(test.method, test.path, test.body, headers...)
			got.wantText(t, test.status, test.text)
			if kind, given := got.header["Content-Type"]; given {
				t.Errorf("content type %q", kind)
			}
		})
	}
	if got := c.do(http.MethodPut, golden+"/actions", "{nonsense"); got.status != http.StatusBadRequest {
		t.Errorf("a body that is no JSON: %s", got)
	}
	outside := *c
	outside.base = server.URL()
	if got := outside.do(http.MethodGet, "/v1/zones", nil); got.status != http.StatusNotFound {
		t.Errorf("outside of /zstack: %s", got)
	}
	anonymous(t, server).do(http.MethodGet, "/v1/zones", nil).wantText(t, http.StatusBadRequest, "missing header 'Authorization'")
	if jobs := server.Jobs(); len(jobs) != 0 {
		t.Errorf("refused calls created jobs: %+v", jobs)
	}
}

// sampleRequest is the specification's sample, with placeholders for the session, the address and the VM.
const sampleRequest = `curl -H "Content-Type: application/json;charset=UTF-8" \
-H "Authorization: OAuth b86c9016b4f24953a9edefb53ca0678c" \
-X PUT -d '{"cloneVmInstance":{"strategy":"InstantStart","names":["vm1","vm2"],"full":false}}' \
http://localhost:8080/zstack/v1/vm-instances/c4d628c203433f64b062ad07c8edf10d/actions`

// TestFrontSampleRequest runs the specification's curl lines as printed.
func TestFrontSampleRequest(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("curl"); err != nil {
		t.Skip("there is no curl here")
	}
	server := startFront(t, zstacksim.Options{})
	c := logIn(t, server)
	line := strings.NewReplacer(
		"b86c9016b4f24953a9edefb53ca0678c", c.session, "http://localhost:8080", server.URL(),
		"c4d628c203433f64b062ad07c8edf10d", server.ID("vm", "golden"),
	).Replace(sampleRequest)
	output, err := exec.CommandContext(t.Context(), "sh", "-c", strings.Replace(line, "curl", "curl -s", 1)).Output()
	if err != nil {
		t.Fatal(err)
	}
	var answer struct{ Location string }
	reply{status: http.StatusAccepted, body: string(output)}.decode(t, &answer)
	const prefix = "http://management-node.invalid:8080/zstack"
	job, ok := strings.CutPrefix(answer.Location, prefix)
	if !ok {
		t.Fatalf("answered %s", output)
	}
	var body struct {
		Result struct {
			NumberOfClonedVM int `json:"numberOfClonedVm"`
		}
	}
	c.end(job).wantStatus(t, http.StatusOK).decode(t, &body)
	if body.Result.NumberOfClonedVM != 2 {
		t.Errorf("%d VMs cloned", body.Result.NumberOfClonedVM)
	}
	for _, name := range []string{"vm1", "vm2"} {
		if vm, found := server.VM(name); !found || vm.State != "Running" {
			t.Errorf("%s: %+v", name, vm)
		}
	}
}

package clicommand_test

import (
	"strings"
	"testing"

	"github.com/vmfork/terraform-provider-vmfork/internal/clicommand"
)

func TestParse(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		line string
		env  map[string]string
		want clicommand.Command
	}{
		"plan":                    {"terraform plan", nil, clicommand.Command{Name: "plan"}},
		"by any name":             {"/opt/tf-1.11/bin/tf plan -out=p", nil, clicommand.Command{Name: "plan"}},
		"tofu":                    {"tofu plan -detailed-exitcode", nil, clicommand.Command{Name: "plan"}},
		"global option":           {"terraform -chdir=env/prod plan", nil, clicommand.Command{Name: "plan"}},
		"two global options":      {"terraform -chdir=env/prod -no-color plan -var x=y", nil, clicommand.Command{Name: "plan"}},
		"plan of a destroy":       {"terraform plan -destroy", nil, clicommand.Command{Name: "plan", Destroy: true}},
		"two dashes":              {"terraform -chdir=x plan --destroy -out=p", nil, clicommand.Command{Name: "plan", Destroy: true}},
		"destroy is true":         {"terraform plan -destroy=1", nil, clicommand.Command{Name: "plan", Destroy: true}},
		"destroy is false":        {"terraform plan -destroy=false", nil, clicommand.Command{Name: "plan"}},
		"destroy is nonsense":     {"terraform plan -destroy=x", nil, clicommand.Command{Name: "plan", Destroy: true}},
		"the last one counts":     {"terraform plan -destroy -destroy=false", nil, clicommand.Command{Name: "plan"}},
		"a variable":              {"terraform plan -var destroy=true", nil, clicommand.Command{Name: "plan"}},
		"environment":             {"terraform plan", map[string]string{"TF_CLI_ARGS": "-no-color -destroy"}, clicommand.Command{Name: "plan", Destroy: true}},
		"environment of plan":     {"terraform plan", map[string]string{"TF_CLI_ARGS_plan": "-destroy"}, clicommand.Command{Name: "plan", Destroy: true}},
		"environment of another":  {"terraform plan", map[string]string{"TF_CLI_ARGS_apply": "-destroy"}, clicommand.Command{Name: "plan"}},
		"line over environment":   {"terraform plan -destroy=false", map[string]string{"TF_CLI_ARGS_plan": "-destroy"}, clicommand.Command{Name: "plan"}},
		"apply":                   {"terraform apply -auto-approve", nil, clicommand.Command{Name: "apply"}},
		"apply with values":       {"terraform apply -auto-approve -var name=web -parallelism 3", nil, clicommand.Command{Name: "apply", Parallelism: 3}},
		"apply -destroy":          {"terraform apply -destroy", nil, clicommand.Command{Name: "apply", Destroy: true}},
		"refresh only":            {"terraform apply -refresh-only", nil, clicommand.Command{Name: "apply", RefreshOnly: true}},
		"without a refresh":       {"terraform plan -refresh=false -destroy", nil, clicommand.Command{Name: "plan", Destroy: true, NoRefresh: true}},
		"with a refresh":          {"terraform plan -refresh=true", nil, clicommand.Command{Name: "plan"}},
		"not refresh only":        {"terraform plan -refresh-only=false", nil, clicommand.Command{Name: "plan"}},
		"saved plan":              {"terraform apply p", nil, clicommand.Command{Name: "apply", SavedPlan: true}},
		"saved plan after flags":  {"terraform apply -no-color -parallelism=3 -lock-timeout 3s out/p", nil, clicommand.Command{Name: "apply", SavedPlan: true, Parallelism: 3}},
		"destroy":                 {"terraform destroy -auto-approve", nil, clicommand.Command{Name: "destroy", Destroy: true}},
		"parallelism twice":       {"terraform plan -parallelism=1", map[string]string{"TF_CLI_ARGS": "-parallelism=3"}, clicommand.Command{Name: "plan", Parallelism: 1}},
		"parallelism is nonsense": {"terraform plan -parallelism=x", nil, clicommand.Command{Name: "plan"}},
		"replace":                 {"terraform plan -replace=vmfork_vsphere_clone.a -replace vmfork_zstack_clone.b[0]", nil, clicommand.Command{Name: "plan", Replace: "vmfork_vsphere_clone.a vmfork_zstack_clone.b[0] "}},
		"test":                    {"terraform test -verbose", nil, clicommand.Command{Name: "test"}},
		"query":                   {"terraform query", nil, clicommand.Command{Name: "query"}},
		"no command":              {"terraform -version", nil, clicommand.Command{}},
		"nothing":                 {"", nil, clicommand.Command{}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := clicommand.Parse(strings.Fields(test.line), func(variable string) string { return test.env[variable] })
			if got != test.want {
				t.Errorf("%+v, want %+v", got, test.want)
			}
		})
	}
}

func TestCommand(t *testing.T) {
	t.Parallel()
	for name, want := range map[string][2]bool{ // plans, applies
		"plan": {true, false}, "apply": {false, true}, "destroy": {false, true}, "test": {}, "": {},
	} {
		command := clicommand.Command{Name: name, Destroy: name == "destroy"}
		if got := [2]bool{command.Plans(), command.Applies()}; got != want {
			t.Errorf("%q plans, applies: %v, want %v", name, got, want)
		}
	}
	for line, want := range map[string]bool{
		"tf plan": true, "tf apply": true, "tf apply -refresh-only": false, "tf refresh": false, "tf import a b": false, "tf": false,
	} {
		if got := clicommand.Parse(strings.Fields(line), func(string) string { return "" }).Configures(); got != want {
			t.Errorf("%q configures: %v, want %v", line, got, want)
		}
	}
	if (clicommand.Command{Name: "plan", Destroy: true}).Plans() {
		t.Error("plan -destroy plans nothing new")
	}
}

func TestReplacesType(t *testing.T) {
	t.Parallel()
	command := clicommand.Command{Replace: `module.a["x"].vmfork_zstack_snapshot.before["k"] `}
	for resourceType, want := range map[string]bool{"vmfork_zstack_snapshot": true, "vmfork_vsphere_snapshot": false, "vmfork_zstack": false} {
		if got := command.ReplacesType(resourceType); got != want {
			t.Errorf("%s: %t", resourceType, got)
		}
	}
	if (clicommand.Command{}).ReplacesType("vmfork_zstack_snapshot") {
		t.Error("nothing is replaced")
	}
}

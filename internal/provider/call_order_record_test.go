package provider_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6/tf6server"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/vmfork/terraform-provider-vmfork/internal/clicommand"
	"github.com/vmfork/terraform-provider-vmfork/internal/provider"
)

// recordVariable names the folder that a recording provider writes to: the test program itself, started by a CLI as its provider.
const recordVariable = "VMFORK_TEST_RECORD"

// recordedCall is one call of the CLI, as far as the rule of plan checks depends on it.
type recordedCall struct {
	Command clicommand.Command `json:"command"`
	Call    string             `json:"call"`
	Object  string             `json:"object,omitempty"`  // the name in the configuration, or in the state where that is null
	Prior   bool               `json:"prior,omitempty"`   // there is a prior state
	Planned bool               `json:"planned,omitempty"` // there is a planned state
	Marked  bool               `json:"marked,omitempty"`  // the private data have the mark of an object in state
	Private bool               `json:"private,omitempty"` // there are private data
	Errors  int                `json:"errors,omitempty"`
	Warning int                `json:"warnings,omitempty"`
}

// recordingServer writes down the calls of a process.
type recordingServer struct {
	tfprotov6.ProviderServer

	file    *os.File
	command clicommand.Command
	kinds   map[string]tftypes.Type
}

// serveRecording serves the provider until the CLI ends it.
func serveRecording(ctx context.Context, folder string) (err error) {
	command := clicommand.OfParent(ctx)
	file, err := os.Create(filepath.Join(folder, fmt.Sprintf("%d.jsonl", time.Now().UnixNano())))
	if err != nil {
		return err
	}
	recordedProvider := provider.New("test").StartedBy(command)
	defer func() { err = errors.Join(err, recordedProvider.Close(ctx)) }()
	server := provider.Server(recordedProvider)()
	schema, err := server.GetProviderSchema(ctx, &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		return err
	}
	kinds := map[string]tftypes.Type{}
	for name, one := range schema.ResourceSchemas {
		kinds[name] = one.ValueType()
	}

	return tf6server.Serve(provider.Address, func() tfprotov6.ProviderServer {
		return &recordingServer{ProviderServer: server, file: file, command: command, kinds: kinds}
	})
}

func (s *recordingServer) note(call recordedCall, diagnostics []*tfprotov6.Diagnostic) {
	call.Command = s.command
	for _, each := range diagnostics {
		if each.Severity == tfprotov6.DiagnosticSeverityError {
			call.Errors++
		} else {
			call.Warning++
		}
	}
	line, err := json.Marshal(call)
	if err == nil {
		_, err = s.file.Write(append(line, '\n'))
	}
	if err != nil {
		panic(err)
	}
}

// named returns the name of an object, and whether there is one.
func (s *recordingServer) named(resourceType string, value *tfprotov6.DynamicValue) (string, bool) {
	decoded, err := value.Unmarshal(s.kinds[resourceType])
	if err != nil || decoded.IsNull() {
		return "", false
	}
	var attributes map[string]tftypes.Value
	var name string
	if decoded.As(&attributes) == nil && attributes["name"].IsKnown() {
		_ = attributes["name"].As(&name)
	}

	return name, true
}

// marked reports whether there are private data, and whether they have the mark of an object in state.
func marked(private []byte) (exist, mark bool) {
	var stored map[string]json.RawMessage
	_ = json.Unmarshal(private, &stored)
	_, mark = stored["replaced"]

	return len(private) > 0, mark
}

func (s *recordingServer) ConfigureProvider(
	ctx context.Context, req *tfprotov6.ConfigureProviderRequest,
) (*tfprotov6.ConfigureProviderResponse, error) {
	resp, err := s.ProviderServer.ConfigureProvider(ctx, req)
	s.note(recordedCall{Call: "ConfigureProvider"}, resp.Diagnostics)

	return resp, err
}

func (s *recordingServer) GetProviderSchema(
	ctx context.Context, req *tfprotov6.GetProviderSchemaRequest,
) (*tfprotov6.GetProviderSchemaResponse, error) {
	s.note(recordedCall{Call: "GetProviderSchema"}, nil)

	return s.ProviderServer.GetProviderSchema(ctx, req)
}

func (s *recordingServer) ValidateResourceConfig(
	ctx context.Context, req *tfprotov6.ValidateResourceConfigRequest,
) (*tfprotov6.ValidateResourceConfigResponse, error) {
	resp, err := s.ProviderServer.ValidateResourceConfig(ctx, req)
	name, _ := s.named(req.TypeName, req.Config)
	s.note(recordedCall{Call: "ValidateResourceConfig", Object: name}, resp.Diagnostics)

	return resp, err
}

func (s *recordingServer) UpgradeResourceState(
	ctx context.Context, req *tfprotov6.UpgradeResourceStateRequest,
) (*tfprotov6.UpgradeResourceStateResponse, error) {
	resp, err := s.ProviderServer.UpgradeResourceState(ctx, req)
	name, _ := s.named(req.TypeName, resp.UpgradedState)
	s.note(recordedCall{Call: "UpgradeResourceState", Object: name}, resp.Diagnostics)

	return resp, err
}

func (s *recordingServer) ReadResource(ctx context.Context, req *tfprotov6.ReadResourceRequest) (*tfprotov6.ReadResourceResponse, error) {
	resp, err := s.ProviderServer.ReadResource(ctx, req)
	name, _ := s.named(req.TypeName, req.CurrentState)
	s.note(recordedCall{Call: "ReadResource", Object: name}, resp.Diagnostics)

	return resp, err
}

func (s *recordingServer) PlanResourceChange(
	ctx context.Context, req *tfprotov6.PlanResourceChangeRequest,
) (*tfprotov6.PlanResourceChangeResponse, error) {
	resp, err := s.ProviderServer.PlanResourceChange(ctx, req)
	wanted, planned := s.named(req.TypeName, req.ProposedNewState)
	name, prior := s.named(req.TypeName, req.PriorState)
	if planned {
		name = wanted
	}
	exist, mark := marked(req.PriorPrivate)
	s.note(recordedCall{Call: "PlanResourceChange", Object: name, Prior: prior, Planned: planned, Private: exist, Marked: mark}, resp.Diagnostics)

	return resp, err
}

func (s *recordingServer) ApplyResourceChange(
	ctx context.Context, req *tfprotov6.ApplyResourceChangeRequest,
) (*tfprotov6.ApplyResourceChangeResponse, error) {
	resp, err := s.ProviderServer.ApplyResourceChange(ctx, req)
	wanted, planned := s.named(req.TypeName, req.PlannedState)
	name, prior := s.named(req.TypeName, req.PriorState)
	if planned {
		name = wanted
	}
	exist, mark := marked(req.PlannedPrivate)
	s.note(recordedCall{Call: "ApplyResourceChange", Object: name, Prior: prior, Planned: planned, Private: exist, Marked: mark}, resp.Diagnostics)

	return resp, err
}

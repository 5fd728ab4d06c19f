package provider_test

import (
	"crypto/sha512"
	"encoding/hex"
	"maps"

	zstacksim "github.com/vmfork/terraform-provider-vmfork/internal/simulator/zstack"
)

// zstackProviderBlock is the configuration for a simulated ZStack with some settings besides endpoint and certificate, or in
// place of them: nil leaves one out. Nil settings leave out the whole block.
func zstackProviderBlock(server *zstacksim.Server, settings map[string]any) string {
	if settings == nil {
		return "provider \"vmfork\" {}\n"
	}
	whole := map[string]any{"endpoint": server.URL()}
	if certificate := server.CACertificate(); certificate != "" {
		whole["ca_certificate"] = certificate
	}
	maps.Copy(whole, settings)

	return "provider \"vmfork\" {\n  zstack = {\n" + settingLines(whole) + "  }\n}\n"
}

func with(settings map[string]any, name string, value any) map[string]any {
	settings[name] = value

	return settings
}

// digestOf is a password as it is sent.
func digestOf(password string) string {
	digest := sha512.Sum512([]byte(password))

	return hex.EncodeToString(digest[:])
}

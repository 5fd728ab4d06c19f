package tfdiag

import (
	"fmt"
	"strings"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
)

// connectionAdvice is about failures before the platform was asked at all.
func connectionAdvice(words platformWords, failure *apierr.Error) string {
	endpoint := orElse(failure.Object, "the endpoint")
	if text := certificateAdvice(words, failure, endpoint); text != "" {
		return text
	}
	switch failure.Code {
	case apierr.CodePlainHTTP:
		return fmt.Sprintf("What answers at %s speaks plain HTTP, and was asked for TLS. %s", endpoint, words.plainHint)
	case apierr.CodeSpeaksTLS:
		return fmt.Sprintf("What answers at %s speaks TLS, and was asked in plain HTTP. Begin %s.endpoint (environment: %s) with "+
			"https:// instead of http://, or leave the scheme out. Give the port of TLS, where it names one.",
			endpoint, words.block, words.endpointEnv)
	case apierr.CodeUnreachable:
		return strings.TrimRight(fmt.Sprintf("Nothing answers at %s. Check %s.endpoint (environment: %s), name resolution, "+
			"and that a firewall lets this machine through. %s", endpoint, words.block, words.endpointEnv, words.endpointHint), " ")
	case apierr.CodeNotVCenter:
		return fmt.Sprintf("What answers at %s is no vCenter. An ESXi host has no REST API and can't clone: set "+
			"vsphere.endpoint (environment: VSPHERE_SERVER) to the vCenter that manages it.", endpoint)
	case apierr.CodeNotZStack:
		return fmt.Sprintf("What answers at %s does not speak ZStack's API. Set zstack.endpoint (environment: ZSTACK_HOST and "+
			"ZSTACK_PORT) to a management node, whose API is at port 8080, or to the proxy in front of it; the web interface, at "+
			"port 5000, is not what is meant.", endpoint)
	case apierr.CodeInvalidLogin:
		return words.loginHint
	case apierr.CodeConnectionLost:
		return "Repeat when the connection is stable."
	case apierr.CodeNoAnswer:
		return fmt.Sprintf("Repeat when %s is less busy, or give it more time for each answer in %s.request_timeout.",
			words.name, words.block)
	case apierr.CodeMalformedAnswer:
		return fmt.Sprintf("Check that %s.endpoint leads to %s itself, and that nothing in between changes its answers.",
			words.block, words.name)
	default:
		return ""
	}
}

// certificateAdvice is about a certificate that was not accepted. It is empty for other failures.
func certificateAdvice(words platformWords, failure *apierr.Error, endpoint string) string {
	switch failure.Code {
	case apierr.CodeUntrustedCertificate:
		if !words.pins {
			return fmt.Sprintf("No authority that this machine trusts has signed the certificate of %s. Give the authority's "+
				"certificate, or the server's own where it has signed itself, in %s.ca_certificate.", endpoint, words.block)
		}

		return fmt.Sprintf("No authority that this machine trusts has signed the certificate of %s. Give the authority's "+
			"certificate in %s.ca_certificate.", endpoint, words.block) + orPinned(words, failure)
	case apierr.CodeCertificateExpired:
		return fmt.Sprintf("By the clock of this machine, the certificate of %s is not valid now. Have it renewed, or set the clock if "+
			"that is wrong.", endpoint) + orPinned(words, failure)
	case apierr.CodeCertificateName:
		return fmt.Sprintf("The certificate of %s is for %s. Set %s.endpoint (environment: %s) to a name that it is for, or have it "+
			"issued anew.", endpoint, orElse(list(failure.Arguments), "no name at all"), words.block, words.endpointEnv) + orPinned(words, failure)
	case apierr.CodeThumbprintMismatch:
		return fmt.Sprintf("The certificate of %s is not the one that %s.thumbprint pins. If the server has got a new "+
			"certificate, compare its SHA-256 thumbprint with what the administrator of the server sees, then set it:\n\n%s",
			endpoint, words.block, thumbprintSetting(words.block, failure.Thumbprint))
	default:
		return ""
	}
}

// orPinned offers to pin the certificate, where the platform's block can.
func orPinned(words platformWords, failure *apierr.Error) string {
	if !words.pins || failure.Thumbprint == "" {
		return ""
	}

	return " Or trust this one certificate, after comparing its SHA-256 thumbprint with what the administrator of the server " +
		"sees:\n\n" + thumbprintSetting(words.block, failure.Thumbprint)
}

func thumbprintSetting(block, thumbprint string) string {
	return indented(block+" = {", fmt.Sprintf("  thumbprint = %q", thumbprint), "}")
}

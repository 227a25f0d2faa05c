//! TLS from two PEM files.

use std::{path::Path, sync::Arc};

use rustls::{
    ServerConfig,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
};

use crate::start_error::StartError;

/// The configuration of a server with this certificate chain and key.
pub fn configure(certificate: &Path, key: &Path) -> Result<Arc<ServerConfig>, StartError> {
    let chain = CertificateDer::pem_file_iter(certificate)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|error| {
            StartError::new(format!("tls_certificate: {}: {error}", certificate.display()))
        })?;
    if chain.is_empty() {
        let line = format!("tls_certificate: {}: holds no certificate", certificate.display());
        return Err(StartError::new(line));
    }
    let key_der = PrivateKeyDer::from_pem_file(key)
        .map_err(|error| StartError::new(format!("tls_key: {}: {error}", key.display())))?;
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| StartError::new(format!("TLS: {error}")))?
        .with_no_client_auth()
        .with_single_cert(chain, key_der)
        .map_err(|error| {
            StartError::new(format!("tls_certificate and tls_key do not fit: {error}"))
        })?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}

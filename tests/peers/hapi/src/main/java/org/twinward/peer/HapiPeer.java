/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A hospital's FHIR R4 server as a test peer: HAPI FHIR JPA on an H2 database in memory, at /fhir of the port
 * given by --server.port. It validates what is written (but with --peer.validate=false), keeps history, and pages
 * searches from its database. */
package org.twinward.peer;

import ca.uhn.fhir.batch2.jobs.config.Batch2JobsConfig;
import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.context.support.IValidationSupport;
import ca.uhn.fhir.interceptor.api.IInterceptorService;
import ca.uhn.fhir.jpa.api.IDaoRegistry;
import ca.uhn.fhir.jpa.api.config.JpaStorageSettings;
import ca.uhn.fhir.jpa.api.config.ThreadPoolFactoryConfig;
import ca.uhn.fhir.jpa.api.dao.IFhirSystemDao;
import ca.uhn.fhir.jpa.batch2.JpaBatch2Config;
import ca.uhn.fhir.jpa.config.HibernatePropertiesProvider;
import ca.uhn.fhir.jpa.config.r4.JpaR4Config;
import ca.uhn.fhir.jpa.config.util.HapiEntityManagerFactoryUtil;
import ca.uhn.fhir.jpa.config.util.ResourceCountCacheUtil;
import ca.uhn.fhir.jpa.dao.FulltextSearchSvcImpl;
import ca.uhn.fhir.jpa.dao.IFulltextSearchSvc;
import ca.uhn.fhir.jpa.dao.search.HSearchSortHelperImpl;
import ca.uhn.fhir.jpa.dao.search.IHSearchSortHelper;
import ca.uhn.fhir.jpa.model.config.PartitionSettings;
import ca.uhn.fhir.jpa.model.config.SubscriptionSettings;
import ca.uhn.fhir.jpa.model.dialect.HapiFhirH2Dialect;
import ca.uhn.fhir.jpa.provider.DaoRegistryResourceSupportedSvc;
import ca.uhn.fhir.jpa.provider.IJpaSystemProvider;
import ca.uhn.fhir.jpa.provider.JpaCapabilityStatementProvider;
import ca.uhn.fhir.jpa.search.DatabaseBackedPagingProvider;
import ca.uhn.fhir.jpa.search.IStaleSearchDeletingSvc;
import ca.uhn.fhir.jpa.search.StaleSearchDeletingSvcImpl;
import ca.uhn.fhir.jpa.subscription.channel.config.SubscriptionChannelConfig;
import ca.uhn.fhir.jpa.util.ResourceCountCache;
import ca.uhn.fhir.rest.api.EncodingEnum;
import ca.uhn.fhir.rest.api.IResourceSupportedSvc;
import ca.uhn.fhir.rest.server.RestfulServer;
import ca.uhn.fhir.rest.server.interceptor.RequestValidatingInterceptor;
import ca.uhn.fhir.rest.server.provider.ResourceProviderFactory;
import ca.uhn.fhir.rest.server.util.ISearchParamRegistry;
import ca.uhn.fhir.validation.IValidatorModule;
import ca.uhn.fhir.validation.ResultSeverityEnum;
import jakarta.persistence.EntityManagerFactory;
import java.util.List;
import java.util.Properties;
import javax.sql.DataSource;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.autoconfigure.elasticsearch.ElasticsearchRestClientAutoConfiguration;
import org.springframework.boot.autoconfigure.flyway.FlywayAutoConfiguration;
import org.springframework.boot.autoconfigure.orm.jpa.HibernateJpaAutoConfiguration;
import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Primary;
import org.springframework.orm.jpa.JpaTransactionManager;
import org.springframework.orm.jpa.LocalContainerEntityManagerFactoryBean;
import org.springframework.transaction.annotation.EnableTransactionManagement;

@SpringBootApplication(exclude = {HibernateJpaAutoConfiguration.class, ElasticsearchRestClientAutoConfiguration.class,
                                     FlywayAutoConfiguration.class})
@EnableTransactionManagement
@Import({JpaR4Config.class, JpaBatch2Config.class, Batch2JobsConfig.class, ThreadPoolFactoryConfig.class,
         SubscriptionChannelConfig.class})
public class HapiPeer {
  private static final int MAX_PAGE = 200; /* as the servers of hospitals have it */

  public static void main(String[] arguments) {
    SpringApplication.run(HapiPeer.class, arguments);
  }

  @Bean
  public JpaStorageSettings storageSettings() {
    JpaStorageSettings settings = new JpaStorageSettings();
    settings.setFetchSizeDefaultMaximum(MAX_PAGE);
    settings.setAllowExternalReferences(false);
    settings.setResourceClientIdStrategy(JpaStorageSettings.ClientIdStrategyEnum.ANY);
    settings.setResourceServerIdStrategy(JpaStorageSettings.IdStrategyEnum.UUID);
    settings.setPreExpandValueSets(false);
    settings.setHibernateSearchIndexSearchParams(false);
    return settings;
  }

  @Bean
  public PartitionSettings partitionSettings() {
    return new PartitionSettings();
  }

  @Bean
  public SubscriptionSettings subscriptionSettings() {
    return new SubscriptionSettings();
  }

  @Bean
  @Primary
  public HibernatePropertiesProvider hibernateProperties() {
    return new HibernatePropertiesProvider();
  }

  @Bean
  public IFulltextSearchSvc fullTextSearch() {
    return new FulltextSearchSvcImpl();
  }

  @Bean(name = "myResourceCountsCache") /* the name is asked for by the metadata */
  public ResourceCountCache resourceCounts(IFhirSystemDao<?, ?> system) {
    return ResourceCountCacheUtil.newResourceCountCache(system);
  }

  @Bean
  public IResourceSupportedSvc resourceSupported(IDaoRegistry registry) {
    return new DaoRegistryResourceSupportedSvc(registry);
  }

  @Bean
  public IHSearchSortHelper sortHelper(ISearchParamRegistry registry) {
    return new HSearchSortHelperImpl(registry);
  }

  @Bean
  public IStaleSearchDeletingSvc staleSearches() {
    return new StaleSearchDeletingSvcImpl();
  }

  @Primary
  @Bean
  public LocalContainerEntityManagerFactoryBean entityManagerFactory(DataSource source,
                                                                      ConfigurableListableBeanFactory beans,
                                                                      FhirContext context,
                                                                      JpaStorageSettings settings) {
    LocalContainerEntityManagerFactoryBean factory =
        HapiEntityManagerFactoryUtil.newEntityManagerFactory(beans, context, settings);
    Properties properties = new Properties();
    properties.setProperty("hibernate.dialect", HapiFhirH2Dialect.class.getName());
    properties.setProperty("hibernate.hbm2ddl.auto", "create");
    properties.setProperty("hibernate.jdbc.batch_size", "20");
    properties.setProperty("hibernate.search.enabled", "false");
    factory.setPersistenceUnitName("HAPI_PU");
    factory.setDataSource(source);
    factory.setJpaProperties(properties);
    return factory;
  }

  @Primary
  @Bean
  public JpaTransactionManager transactionManager(EntityManagerFactory factory) {
    return new JpaTransactionManager(factory);
  }

  @Bean
  public DatabaseBackedPagingProvider pages() {
    DatabaseBackedPagingProvider pages = new DatabaseBackedPagingProvider();
    pages.setDefaultPageSize(20);
    pages.setMaximumPageSize(MAX_PAGE);
    return pages;
  }

  @Bean
  public ServletRegistrationBean<RestfulServer> fhirServlet(IFhirSystemDao<?, ?> system,
                                                            IJpaSystemProvider provider,
                                                            ResourceProviderFactory resources,
                                                            JpaStorageSettings settings,
                                                            ISearchParamRegistry registry,
                                                            IValidationSupport support,
                                                            IValidatorModule validator,
                                                            DatabaseBackedPagingProvider pages,
                                                            IInterceptorService interceptors,
                                                            @Value("${peer.validate:true}") boolean validate) {
    RestfulServer server = new RestfulServer(system.getContext());
    RequestValidatingInterceptor validating = new RequestValidatingInterceptor();
    ServletRegistrationBean<RestfulServer> bean = new ServletRegistrationBean<>(server, "/fhir/*");

    server.setInterceptorService(interceptors);
    server.registerProviders(resources.createProviders());
    server.registerProvider(provider);
    server.setServerConformanceProvider(
        new JpaCapabilityStatementProvider(server, system, settings, registry, support));
    server.setDefaultResponseEncoding(EncodingEnum.JSON);
    server.setPagingProvider(pages);
    validating.setFailOnSeverity(ResultSeverityEnum.ERROR);
    validating.setValidatorModules(List.of(validator));
    if (validate) {
      server.registerInterceptor(validating);
    }
    bean.setLoadOnStartup(1);
    return bean;
  }
}
